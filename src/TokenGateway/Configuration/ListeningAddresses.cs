using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Configuration;

/// <summary>Where the proxy listens, and whether it may: whoever reaches it gets the power of its tokens.</summary>
internal static class ListeningAddresses
{
    public const string DefaultUrl = "http://127.0.0.1:8080";

    private const string UrlsKey = "Urls";
    private const string ManagementPath = $"{TokenGatewaySettingsReader.SectionName}:Management:Url";

    /// <summary>
    /// What Kestrel will bind, told before it does: its own endpoints replace <c>Urls</c>, which replace the ports of
    /// <c>ASPNETCORE_HTTP_PORTS</c> and its like.
    /// </summary>
    public static IReadOnlyList<ListeningAddress> Configured(IConfiguration root)
    {
        ListeningAddress[] endpoints = [.. root.GetSection("Kestrel:Endpoints").GetChildren()
            .Select(endpoint => new ListeningAddress($"{endpoint.Path}:Url", endpoint["Url"] ?? ""))];
        ListeningAddress[] urls = [.. Split(root[UrlsKey]).Select(url => new ListeningAddress(UrlsKey, url))];
        ListeningAddress[] ports = [.. Ports(root, "HTTP_PORTS", "http"), .. Ports(root, "HTTPS_PORTS", "https")];
        return endpoints.Length > 0 ? endpoints
            : urls.Length > 0 ? urls
            : ports.Length > 0 ? ports
            : [new ListeningAddress(UrlsKey, DefaultUrl)];
    }

    /// <summary>Judges the addresses that are really bound; the management listener's are not among them.</summary>
    public static IReadOnlyList<SettingError> CheckBound(IEnumerable<string> addresses, InboundSettings inbound) =>
        [.. Exposed(addresses.Select(address => new ListeningAddress(UrlsKey, address)), inbound)];

    /// <summary>The management listener's address, with its setting.</summary>
    public static ListeningAddress OfManagement(ManagementSettings settings) => new(ManagementPath, settings.Url);

    /// <summary>Whether the management listener's address is one.</summary>
    public static IEnumerable<SettingError> CheckManagement(ManagementSettings settings)
    {
        var address = OfManagement(settings);
        return address.IsValid ? [] : [Invalid(address)];
    }

    /// <param name="settings">With the configured addresses.</param>
    /// <param name="inboundIsSound">False when keys were given and are wrong: then it is not said as well that there are none.</param>
    public static IReadOnlyList<SettingError> Check(GatewaySettings settings, bool inboundIsSound = true)
    {
        var management = OfManagement(settings.Management);
        return
        [
            .. settings.ProxyAddresses.Append(management).Where(address => !address.IsValid).Select(Invalid),
            .. inboundIsSound ? Exposed(settings.ProxyAddresses.Where(address => address.IsValid), settings.Inbound) : [],
            .. management.IsHttps ? [NoCertificate()] : Array.Empty<SettingError>(),
            .. settings.ProxyAddresses.Where(management.Overlaps).Take(1).Select(Shared),
        ];
    }

    private static IEnumerable<SettingError> Exposed(IEnumerable<ListeningAddress> addresses, InboundSettings inbound) =>
        addresses.Where(address => !inbound.AllowsExposure && !address.IsLoopback).Select(address => new SettingError(
            address.Path,
            $"binds {address.Address}, which is not loopback: whoever reaches it could use the tokens; "
            + "set TokenGateway:Inbound:ApiKeys, or TokenGateway:Inbound:AllowAnonymous to true where something else guards it"));

    private static SettingError NoCertificate() =>
        new(ManagementPath, "is an https address, and the management listener has no certificate; use http on loopback or a Unix socket, or put a proxy that ends TLS before it");

    private static SettingError Invalid(ListeningAddress address) =>
        new(address.Path, "is not an address to listen on; write scheme, host and port without a path, as in http://127.0.0.1:8080");

    private static SettingError Shared(ListeningAddress proxy) =>
        new(ManagementPath, $"is an address that the proxy listens on ({proxy.Path}); give it a port of its own");

    private static IEnumerable<ListeningAddress> Ports(IConfiguration root, string key, string scheme) =>
        Split(root[key]).Select(port => new ListeningAddress(key, $"{scheme}://*:{port}"));

    private static string[] Split(string? list) =>
        (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
