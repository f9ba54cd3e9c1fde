using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Configuration;

/// <summary>Finds secrets among command-line settings, where every process of the machine can read them.</summary>
internal static class CommandLineSecrets
{
    private static readonly string[] Patterns =
    [
        "TokenGateway:Credentials:*:ClientSecret",
        "TokenGateway:Credentials:*:RefreshToken",
        "TokenGateway:Credentials:*:AccessToken",
        "TokenGateway:Credentials:*:StandbyRefreshToken",
        "TokenGateway:Credentials:*:ExtraParameters:*",
        "TokenGateway:Encryption:Keys",
        "TokenGateway:Encryption:Keys:*",
        "TokenGateway:Management:ApiKey",
        "TokenGateway:Inbound:ApiKeys",
        "TokenGateway:Inbound:ApiKeys:*",
        "TokenGateway:Store:Redis",
        "Kestrel:Certificates:*:Password",
        "Kestrel:Endpoints:*:Certificate:Password",
        "Kestrel:Endpoints:*:Sni:*:Certificate:Password",
        "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
        "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
    ];

    /// <param name="arguments">Settings as the command line gives them: <c>--Key=Value</c> or <c>--Key Value</c>.</param>
    public static IReadOnlyList<SettingError> Find(IEnumerable<string> arguments)
    {
        IConfigurationRoot configuration;
        try
        {
            configuration = new ConfigurationBuilder().AddCommandLine([.. arguments]).Build();
        }
        catch (FormatException)
        {
            return [];
        }

        return
        [
            .. configuration.AsEnumerable()
                .Where(setting => !string.IsNullOrEmpty(setting.Value) && Array.Exists(Patterns, pattern => Matches(setting.Key, pattern)))
                .Select(setting => new SettingError(
                    setting.Key,
                    "is a secret on the command line, where every process can read it; give it in a file, an environment variable or /run/secrets"))
                .OrderBy(error => error.Path, StringComparer.OrdinalIgnoreCase),
        ];
    }

    private static bool Matches(string key, string pattern)
    {
        // The spelling of environment variables is no setting here, but it shows a secret all the same.
        var (parts, expected) = (key.Replace("__", ":", StringComparison.Ordinal).Split(':'), pattern.Split(':'));
        return parts.Length == expected.Length
            && parts.Zip(expected).All(pair => pair.Second is "*" || pair.Second.Equals(pair.First, StringComparison.OrdinalIgnoreCase));
    }
}
