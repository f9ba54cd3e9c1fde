using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>Seam: the strict readers of the section <c>TokenGateway</c> take this file's place.</summary>
internal static class ConfigurationReading
{
    public static IReadOnlyCollection<string> CredentialNames(IConfiguration root) =>
        [.. root.GetSection("TokenGateway:Credentials").GetChildren().Select(child => child.Key)];

    public static CheckedConfiguration Read(IConfiguration root, List<string> errors)
    {
        var section = root.GetSection("TokenGateway");
        var defaults = new GatewaySettings();
        var gateway = defaults with
        {
            ManagementUrl = Url(section, "Management:Url", errors) ?? defaults.ManagementUrl,
            ManagementApiKey = new SecretSource { Value = Tokens.Secret.From(section["Management:ApiKey"]), File = section["Management:ApiKeyFile"] },
            InboundKeys = [.. section.GetSection("Inbound:ApiKeys").GetChildren().Select(child => new SecretSource { Value = Tokens.Secret.From(child.Value) })],
            AllowAnonymous = bool.TryParse(section["Inbound:AllowAnonymous"], out var anonymous) && anonymous,
            ShutdownDelay = Duration(section, "ShutdownDelay", errors) ?? defaults.ShutdownDelay,
            DrainTimeout = Duration(section, "DrainTimeout", errors) ?? defaults.DrainTimeout,
        };
        return new CheckedConfiguration(gateway, new TokenGatewaySettings());
    }

    private static Uri? Url(IConfigurationSection section, string key, List<string> errors)
    {
        if (section[key] is not { Length: > 0 } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && string.Equals(url.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal))
        {
            return url;
        }

        errors.Add($"{section.Path}:{key} is '{text}'; an absolute http URL is expected, such as http://127.0.0.1:8081");
        return null;
    }

    private static TimeSpan? Duration(IConfigurationSection section, string key, List<string> errors)
    {
        if (section[key] is not { Length: > 0 } text)
        {
            return null;
        }

        if (TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var duration) && duration >= TimeSpan.Zero)
        {
            return duration;
        }

        errors.Add($"{section.Path}:{key} is '{text}'; a duration such as 00:00:05 is expected");
        return null;
    }
}
