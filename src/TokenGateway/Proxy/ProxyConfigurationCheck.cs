using Yarp.ReverseProxy.Configuration;

namespace TokenGateway.Proxy;

/// <summary>Everything that YARP would refuse, found without serving anything.</summary>
internal static class ProxyConfigurationCheck
{
    private static readonly string[] Kinds = ["Clusters", "Routes"];

    /// <param name="root">The root of the configuration.</param>
    /// <param name="credentials">The credentials that a <c>BearerToken</c> transform may name.</param>
    /// <returns>One sentence for each error, each beginning with its path.</returns>
    public static async Task<IReadOnlyList<string>> FindErrorsAsync(IConfiguration root, IReadOnlyCollection<string> credentials)
    {
        var section = root.GetSection(ProxyServices.SectionName);
        var unreadable = FindUnreadable(section);
        if (unreadable.Count > 0)
        {
            return unreadable;
        }

        await using var services = Services(section, credentials);
        var config = services.GetRequiredService<IProxyConfigProvider>().GetConfig();
        var validator = services.GetRequiredService<IConfigValidator>();
        var errors = new List<string>();
        foreach (var route in config.Routes)
        {
            var path = $"{section.Path}:Routes:{route.RouteId}";
            errors.AddRange((await validator.ValidateRouteAsync(route)).Select(error => $"{path}: {OneLine(error)}"));
            errors.AddRange(ClusterErrors(path, route, config.Clusters));
            errors.AddRange(PolicyErrors(path, route));
        }

        errors.AddRange(RouteConflicts.Find(section.Path, config.Routes));

        foreach (var cluster in config.Clusters)
        {
            var path = $"{section.Path}:Clusters:{cluster.ClusterId}";
            errors.AddRange((await validator.ValidateClusterAsync(cluster)).Select(error => $"{path}: {OneLine(error)}"));
            errors.AddRange(DestinationErrors(path, cluster));
            errors.AddRange(CertificateErrors(path, cluster, config.Routes));
        }

        return errors;
    }

    /// <summary>Values that YARP cannot convert. It stops at the first, so each route and cluster is read alone.</summary>
    public static IReadOnlyList<string> FindUnreadable(IConfigurationSection section) =>
        [.. Kinds
            .SelectMany(kind => section.GetSection(kind).GetChildren())
            .Select(FindUnreadablePart)
            .OfType<string>()];

    private static string? FindUnreadablePart(IConfigurationSection part)
    {
        var values = part.AsEnumerable().Select(pair => KeyValuePair.Create(pair.Key[(ProxyServices.SectionName.Length + 1)..], pair.Value));
        using var services = Services(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), []);
        try
        {
            services.GetRequiredService<IProxyConfigProvider>().GetConfig();
            return null;
        }
        catch (Exception e)
        {
            return $"{part.Path}: {OneLine(e)}";
        }
    }

    private static IEnumerable<string> ClusterErrors(string path, RouteConfig route, IReadOnlyList<ClusterConfig> clusters)
    {
        if (string.IsNullOrEmpty(route.ClusterId))
        {
            yield return $"{path}:ClusterId is missing; name one of ReverseProxy:Clusters";
        }
        else if (!clusters.Any(cluster => string.Equals(cluster.ClusterId, route.ClusterId, StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"{path}:ClusterId names '{route.ClusterId}', which is not one of ReverseProxy:Clusters";
        }
    }

    /// <summary>YARP takes the name of the default policy for granted; without sign-in each request of such a route is answered 500.</summary>
    private static IEnumerable<string> PolicyErrors(string path, RouteConfig route) =>
        string.Equals(route.AuthorizationPolicy, "default", StringComparison.OrdinalIgnoreCase)
            ? [$"{path}:AuthorizationPolicy asks for a caller who is signed in, which TokenGateway does not offer; remove it, and let TokenGateway:Inbound:ApiKeys guard the routes"]
            : [];

    private static IEnumerable<string> DestinationErrors(string path, ClusterConfig cluster) =>
        from destination in cluster.Destinations ?? new Dictionary<string, DestinationConfig>(StringComparer.Ordinal)
        from address in new[] { (Key: "Address", Value: destination.Value.Address), (Key: "Health", Value: destination.Value.Health) }
        where !string.IsNullOrEmpty(address.Value) && !IsHttp(address.Value)
        select $"{path}:Destinations:{destination.Key}:{address.Key} is not an absolute http or https address; write it as in https://api.example.com/";

    private static bool IsHttp(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    /// <summary>Whoever can answer in the API's place would be given the token.</summary>
    private static IEnumerable<string> CertificateErrors(string path, ClusterConfig cluster, IReadOnlyList<RouteConfig> routes)
    {
        if (cluster.HttpClient?.DangerousAcceptAnyServerCertificate == true
            && routes.FirstOrDefault(route => IsTokenRoute(route) && string.Equals(route.ClusterId, cluster.ClusterId, StringComparison.OrdinalIgnoreCase)) is { } route)
        {
            yield return $"{path}:HttpClient:DangerousAcceptAnyServerCertificate is true, and the route '{route.RouteId}' sends a token there, whoever answers; "
                + "remove it, and let the system trust the certificate's issuer (SSL_CERT_FILE or SSL_CERT_DIR)";
        }
    }

    private static bool IsTokenRoute(RouteConfig route) => route.Transforms?.Any(transform => transform.ContainsKey(BearerTokenTransformFactory.Key)) == true;

    private static ServiceProvider Services(IConfiguration section, IReadOnlyCollection<string> credentials)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProxy(section, () => credentials);
        return services.BuildServiceProvider();
    }

    internal static string OneLine(Exception exception)
    {
        var message = exception.InnerException is null || exception is AggregateException ? exception.Message : $"{exception.Message} {exception.InnerException.Message}";
        return message.ReplaceLineEndings(" ").Trim();
    }
}
