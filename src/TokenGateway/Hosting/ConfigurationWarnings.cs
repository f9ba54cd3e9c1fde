using TokenGateway.Configuration;
using TokenGateway.Proxy;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>What the gateway would start with, and what is probably not meant.</summary>
internal static class ConfigurationWarnings
{
    private static readonly string[] TopLevel =
        [ProxyServices.SectionName, TokenGatewaySettingsReader.SectionName, "Kestrel", "Logging", "Urls"];
    private static readonly string[] OfTokenGateway = ["Credentials", "Presets", "Store", "Encryption", "Management", "Inbound"];
    private static readonly string[] OfReverseProxy = ["Routes", "Clusters"];

    private static readonly string[] RouteKeys =
    [
        "ClusterId", "Order", "MaxRequestBodySize", "AuthorizationPolicy", "RateLimiterPolicy", "OutputCachePolicy", "TimeoutPolicy",
        "Timeout", "CorsPolicy", "Metadata", "Transforms",
    ];

    private static readonly string[] MatchKeys = ["Path", "Hosts", "Methods", "Headers", "QueryParameters"];
    private static readonly string[] ClusterKeys =
        ["LoadBalancingPolicy", "SessionAffinity", "HealthCheck", "HttpClient", "HttpRequest", "Metadata", "Destinations"];

    /// <param name="root">The whole configuration.</param>
    /// <param name="settings">What was read from it; null where that has errors.</param>
    /// <returns>One sentence for each, beginning with the path.</returns>
    public static IReadOnlyList<string> Find(IConfigurationRoot root, StartupSettings? settings) =>
    [
        .. MissingFile(root),
        .. MisspelledSections(root),
        .. UnknownProxyKeys(root),
        .. Routes(root),
        .. UnusedCredentials(root),
        .. settings is null ? [] : MissingSeedFiles(settings),
    ];

    private static IEnumerable<string> MissingFile(IConfigurationRoot root) => ConfigurationFile.Of(root) is { Exists: false } file
        ? [$"{file.Path} does not exist: only the environment, /run/secrets and the command line were read; "
            + "name another file with --config"]
        : [];

    private static IEnumerable<string> MisspelledSections(IConfigurationRoot root)
    {
        var inFile = root.Providers.OfType<FileConfigurationProvider>().SelectMany(provider => provider.GetChildKeys([], null));
        var sections = root.GetChildren().Where(child => child.GetChildren().Any()).Select(child => child.Key);
        var names = inFile.Concat(sections).Distinct(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names.Where(name => !TopLevel.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            if (Meant(name) is { } meant)
            {
                yield return $"{name} is read by nothing; did you mean {meant}?";
            }
        }
    }

    private static string? Meant(string name) =>
        OfTokenGateway.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? ConfigurationPath.Combine(TokenGatewaySettingsReader.SectionName, name)
        : OfReverseProxy.Contains(name, StringComparer.OrdinalIgnoreCase) ? ConfigurationPath.Combine(ProxyServices.SectionName, name)
        : Spelling.Nearest(name, TopLevel);

    /// <summary>YARP passes over what it does not know: a route with <c>Transform</c> for <c>Transforms</c> would carry no token.</summary>
    private static IEnumerable<string> UnknownProxyKeys(IConfigurationRoot root)
    {
        var unknown = new List<SettingError>();
        var reader = new SettingsReader(root.GetSection(ProxyServices.SectionName), unknown);
        foreach (var (_, route) in reader.Sections("Routes"))
        {
            route.Skip(RouteKeys);
            route.Section("Match").Skip(MatchKeys);
        }

        foreach (var (_, cluster) in reader.Sections("Clusters"))
        {
            cluster.Skip(ClusterKeys);
        }

        reader.ReportUnknown();
        return unknown.Select(error => error.ToString());
    }

    private static IEnumerable<string> Routes(IConfigurationRoot root)
    {
        var routes = root.GetSection($"{ProxyServices.SectionName}:Routes").GetChildren().ToList();
        if (routes.Count == 0)
        {
            yield return $"{ProxyServices.SectionName}:Routes has no route: every request would be answered 404";
        }

        var withToken = routes.Where(HasToken).Select(route => route["ClusterId"]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var cluster in root.GetSection($"{ProxyServices.SectionName}:Clusters").GetChildren())
        {
            var destinations = cluster.GetSection("Destinations").GetChildren().ToList();
            if (destinations.Count == 0)
            {
                yield return $"{cluster.Path}:Destinations is empty: requests to it would be answered 503";
            }

            var open = withToken.Contains(cluster.Key) ? destinations.Where(destination => IsOpenToRead(destination["Address"])) : [];
            foreach (var destination in open)
            {
                yield return $"{destination.Path}:Address is plain http beyond this machine, and a route sends a token there, "
                    + "which anyone on the way can read; use https";
            }
        }
    }

    private static bool HasToken(IConfigurationSection route) => TokensOf(route).Any();

    private static IEnumerable<string> TokensOf(IConfigurationSection route) =>
        route.GetSection("Transforms").GetChildren()
            .Select(transform => transform[BearerTokenTransformFactory.Key]).OfType<string>();

    private static bool IsOpenToRead(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri is { Scheme: "http", IsLoopback: false };

    private static IEnumerable<string> UnusedCredentials(IConfigurationRoot root)
    {
        var routes = root.GetSection($"{ProxyServices.SectionName}:Routes").GetChildren();
        var used = routes.SelectMany(TokensOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return CredentialNames.Of(root).Where(name => !used.Contains(name)).Order(StringComparer.Ordinal).Select(name =>
            $"{TokenGatewaySettingsReader.SectionName}:Credentials:{name} is used by no route; "
            + $"a route uses it by the transform {{ \"{BearerTokenTransformFactory.Key}\": \"{name}\" }}");
    }

    private static IEnumerable<string> MissingSeedFiles(StartupSettings settings) =>
        from credential in settings.Tokens.Credentials.Values
        where credential.GrantType != GrantType.ClientCredentials
        from seed in new[]
        {
            (Key: "RefreshToken", Source: credential.RefreshToken),
            (Key: "AccessToken", Source: credential.AccessToken),
            (Key: "StandbyRefreshToken", Source: credential.StandbyRefreshToken),
        }
        where seed.Source.File is { } file && !File.Exists(file)
        select $"{TokenGatewaySettingsReader.SectionName}:Credentials:{credential.Name}:{seed.Key}File names {seed.Source.File}, "
            + "which does not exist: correct the path or create the file, unless the store knows the credential already";
}
