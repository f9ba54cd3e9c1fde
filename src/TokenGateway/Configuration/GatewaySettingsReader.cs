using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Configuration;

/// <summary>
/// Reads the gateway's own part of <c>TokenGateway</c>, and judges the configured addresses by it. The engine's part,
/// unknown keys beside both included, is <see cref="TokenGatewaySettingsReader"/>'s.
/// </summary>
internal static class GatewaySettingsReader
{
    public static SettingsResult<GatewaySettings> Read(IConfiguration root)
    {
        var errors = new List<SettingError>();
        var reader = Reader(root, errors);
        var (management, inbound) = (reader.Section("Management"), reader.Section("Inbound"));
        var defaults = new GatewaySettings();
        var settings = new GatewaySettings
        {
            Folder = ConfigurationFile.Of(root)?.Folder,
            ProxyAddresses = ListeningAddresses.Configured(root),
            Management = Management(management),
            Inbound = Inbound(inbound),
            ShutdownDelay = reader.Duration("ShutdownDelay", DurationRange.Wait) ?? defaults.ShutdownDelay,
            DrainTimeout = reader.Duration("DrainTimeout", DurationRange.Wait) ?? defaults.DrainTimeout,
        };
        management.ReportUnknown();
        inbound.ReportUnknown();
        errors.AddRange(ListeningAddresses.Check(settings, inboundIsSound: !reader.Failed("Inbound")));
        return new SettingsResult<GatewaySettings>(settings, errors);
    }

    /// <summary>Only where the management listener is and its key, for those who ask it: whatever else is wrong is not looked at.</summary>
    public static SettingsResult<ManagementSettings> ReadManagement(IConfiguration root)
    {
        var errors = new List<SettingError>();
        var settings = Management(Reader(root, errors).Section("Management"));
        errors.AddRange(ListeningAddresses.CheckManagement(settings));
        return new SettingsResult<ManagementSettings>(settings, errors);
    }

    private static SettingsReader Reader(IConfiguration root, List<SettingError> errors) =>
        new(root.GetSection(TokenGatewaySettingsReader.SectionName), errors) { Folder = ConfigurationFile.Of(root)?.Folder };

    private static ManagementSettings Management(SettingsReader reader) => new()
    {
        Url = reader.FilledText("Url")?.Trim() ?? ManagementSettings.DefaultUrl,
        ApiKey = reader.Secret("ApiKey"),
    };

    private static InboundSettings Inbound(SettingsReader reader) => new()
    {
        ApiKeys = [.. reader.Secrets("ApiKeys", "ApiKeyFiles").Select(key => key.Source)],
        AllowAnonymous = reader.Flag("AllowAnonymous") ?? false,
        AllowedHosts = Hosts(reader, "AllowedHosts"),
    };

    private static IReadOnlyList<string> Hosts(SettingsReader reader, string key)
    {
        var hosts = reader.Entries(key);
        foreach (var host in hosts.Where(host => host.Text != "*" && Uri.CheckHostName(host.Text.StartsWith("*.", StringComparison.Ordinal) ? host.Text[2..] : host.Text) == UriHostNameType.Unknown))
        {
            reader.Report(host.Key, "is not the name of a host; write it without scheme, port and path, as in gateway.example.com or *.example.com, or * for any");
        }

        return [.. hosts.Select(host => host.Text)];
    }
}
