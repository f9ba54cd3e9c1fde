using System.Net;
using StackExchange.Redis;
using TokenGateway.Configuration;
using TokenGateway.Proxy;
using TokenGateway.Telemetry;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>What was found in a configuration, for a person who wonders whether the right one was read. No secret is in it.</summary>
internal sealed record ConfigurationSummary
{
    /// <summary>Thousands would hide the rest.</summary>
    private const int MostNames = 10;

    public required string File { get; init; }
    public required string Routes { get; init; }
    public required string Clusters { get; init; }
    public required string Credentials { get; init; }
    public required string Store { get; init; }
    public required string Journal { get; init; }
    public required string Proxy { get; init; }
    public required string Management { get; init; }

    public static ConfigurationSummary Of(IConfigurationRoot root, StartupSettings settings) => new()
    {
        File = ConfigurationFile.Of(root) is { } file ? file.Exists ? file.Path : $"none ({file.Path} does not exist)" : "none",
        Routes = Names(root, "Routes"),
        Clusters = Names(root, "Clusters"),
        Credentials = List(
        [
            .. settings.Tokens.Credentials.Values.OrderBy(credential => credential.Name, StringComparer.Ordinal)
                .Select(credential => Describe(root, credential)),
        ]),
        Store = Describe(settings.Tokens.Store),
        Journal = Path.GetFullPath(settings.Tokens.Store.JournalPath),
        Proxy = string.Join(", ", settings.Gateway.ProxyAddresses.Select(address => address.Address)),
        Management = settings.Gateway.Management.Url,
    };

    /// <summary>Line by line, each with its name.</summary>
    public IEnumerable<string> Lines() =>
    [
        $"  file         {File}",
        $"  routes       {Routes}",
        $"  clusters     {Clusters}",
        $"  credentials  {Credentials}",
        $"  store        {Store}",
        $"  journal      {Journal}",
        $"  proxy        {Proxy}",
        $"  management   {Management}",
    ];

    /// <summary>In one line, for the log.</summary>
    public override string ToString() =>
        $"version {GatewayResource.Version}; configuration {File}; store {Store}; journal {Journal}; routes {Routes}; clusters {Clusters}; credentials {Credentials}";

    private static string Names(IConfigurationRoot root, string kind) =>
        List([.. root.GetSection($"{ProxyServices.SectionName}:{kind}").GetChildren().Select(child => child.Key)]);

    private static string List(IReadOnlyList<string> items) => items.Count == 0 ? "none"
        : $"{items.Count}: {string.Join(", ", items.Take(MostNames))}{(items.Count > MostNames ? $" and {items.Count - MostNames} more" : "")}";

    private static string Describe(IConfigurationRoot root, CredentialSettings credential)
    {
        var named = root[$"{TokenGatewaySettingsReader.SectionName}:Credentials:{credential.Name}:Preset"]?.Trim();
        var preset = string.IsNullOrEmpty(named) ? ProviderPreset.DefaultName : named;
        var seed = credential.GrantType == GrantType.ClientCredentials ? "client_credentials"
            : credential.RefreshToken.File is { } file ? $"seed in {file}"
            : credential.RefreshToken.IsConfigured ? "seed in the configuration"
            : credential.OffersLogin ? "no seed, login offered"
            : "no seed";
        return $"{credential.Name} ({preset}, {seed})";
    }

    private static string? NameOf(EndPoint endpoint) => endpoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : endpoint.ToString();

    private static string Describe(StoreSettings store) => store is { Kind: StoreKind.Redis, Redis: { } redis }
        ? $"redis {string.Join(", ", ConfigurationOptions.Parse(redis.Reveal()).EndPoints.Select(NameOf))}, keys {store.KeyPrefix}:*"
        : $"embedded {Path.GetFullPath(store.Path)}";
}
