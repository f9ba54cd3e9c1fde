using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TokenGateway.Tokens.Endpoint;
using Yarp.ReverseProxy.Transforms;

namespace TokenGateway.Proxy;

/// <summary>YARP as this gateway uses it; the same for serving and for <c>check</c>.</summary>
internal static class ProxyServices
{
    public const string SectionName = "ReverseProxy";

    /// <summary>Without a bound a connection lives for ever, and with it the address that a name once had.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    public static void AddProxy(this IServiceCollection services, IConfiguration section, Func<IReadOnlyCollection<string>> credentials)
    {
        services.AddSingleton(new KnownCredentials(credentials));
        services.AddReverseProxy()
            .LoadFromConfig(section)
            .AddTransformFactory<BearerTokenTransformFactory>()
            .AddTransforms<BearerTokenLast>()
            .AddTransforms<WrittenTargets>()
            .AddTransforms(static route => route.AddResponseHeaderRemove(FailClosedResponse.ErrorHeader, ResponseCondition.Always)) // Only the gateway may say that.
            .ConfigureHttpClient((_, handler) =>
            {
                handler.PooledConnectionLifetime = ConnectionLifetime;
                handler.SslOptions.CertificateChainPolicy = ServerCertificates.Policy;
            });

        // Only session affinity by cookie needs a key ring: it is made when that is used, not written to disk at every start.
        foreach (var eager in services.Where(service => service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly && service.ServiceType == typeof(IHostedService)).ToArray())
        {
            services.Remove(eager);
        }

        // Whoever reaches the gateway may use it (see InboundPolicy), so there is nobody to be authorized. While this is there, every request goes through ASP.NET Core's authorization for nothing;
        // a route with an AuthorizationPolicy, which nobody could fulfil, is refused without it too.
        services.RemoveAll<IAuthorizationHandlerProvider>();

        // A route may ask for these by YARP's own settings (Timeout, CorsPolicy, a regex in its path).
        services.AddRequestTimeouts();
        services.Configure<RouteOptions>(options => options.SetParameterPolicy<RegexInlineRouteConstraint>("regex"));
    }
}
