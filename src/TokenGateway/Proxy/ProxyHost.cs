using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TokenGateway.Hosting;
using TokenGateway.Proxy.Guard;
using TokenGateway.Tokens;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace TokenGateway.Proxy;

/// <summary>The proxy's own web application. Nothing but routes of the section <c>ReverseProxy</c> exists on its port.</summary>
internal static class ProxyHost
{
    private static readonly Problem NoRoute = new("No route of the gateway matches this request", StatusCodes.Status404NotFound, "no_route");

    public static WebApplication Build(GatewayParts parts, ITokenManager tokens, InboundPolicy inbound)
    {
        // An empty builder, not the slim one, because that reads an appsettings.json of its own choice.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = nameof(TokenGateway), ContentRootPath = parts.Settings.Folder });
        builder.Configuration.AddConfiguration(parts.Configuration);
        builder.Services.AddHostBasics(parts, parts.Settings.DrainTimeout);
        builder.Services.AddSingleton<ILoggerFactory>(new LoggersWithoutPeersText(parts.Loggers));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, parts.Configuration));

        var section = parts.Configuration.GetSection(ProxyServices.SectionName);
        builder.Services.AddProxy(section, () => tokens.Credentials);
        builder.Services.AddSingleton(tokens);
        builder.Services.AddSingleton<ProxyReloadListener>();
        builder.Services.AddSingleton<IConfigChangeListener>(services => services.GetRequiredService<ProxyReloadListener>());

        var app = builder.Build();
        if (!parts.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            foreach (var address in parts.Settings.ProxyAddresses)
            {
                app.Urls.Add(address.Address);
            }
        }

        app.Use(new RequestGuard(parts.Metrics).InvokeAsync);
        app.Use(inbound.InvokeAsync);
        app.Use((context, next) => context.Features[typeof(IEndpointFeature)] is IEndpointFeature { Endpoint: not null } ? next(context) : Refusal.WriteAsync(context, NoRoute, parts.Metrics));
        app.UseWhen(AsksForMore, static few => few.UseCors().UseRequestTimeouts());
        app.MapReverseProxy(UsePipeline);
        return app;
    }

    /// <summary>Whether the route has a <c>CorsPolicy</c> or a <c>Timeout</c>: what few routes ask for, not every request pays for.</summary>
    private static bool AsksForMore(HttpContext context) =>
        context.Features[typeof(IEndpointFeature)] is IEndpointFeature { Endpoint.Metadata: var route }
        && (route.GetMetadata<ICorsMetadata>() is not null || route.GetMetadata<RequestTimeoutAttribute>() is not null);

    /// <summary>YARP's own pipeline, which a custom one takes the place of, with the second attempt after a 401 at its end.</summary>
    private static void UsePipeline(IReverseProxyApplicationBuilder proxy)
    {
        proxy.UseSessionAffinity();
        proxy.UseLoadBalancing();
        proxy.UseWhen(IsWatched, static few => few.UseMiddleware<PassiveHealthCheckMiddleware>());
        proxy.Use(Forwarding.InvokeAsync);
    }

    /// <summary>Whether the cluster judges its destinations by how requests to them end.</summary>
    private static bool IsWatched(HttpContext context) =>
        context.Features[typeof(IReverseProxyFeature)] is IReverseProxyFeature { Cluster.Config.HealthCheck.Passive.Enabled: true };

    private static void Configure(KestrelServerOptions kestrel, IConfiguration configuration)
    {
        ListenerLimits.ApplyToProxy(kestrel);
        kestrel.RequestHeaderEncodingSelector = ConnectionHeaderEncoding.Select;
        kestrel.Configure(configuration.GetSection("Kestrel"), reloadOnChange: true);
    }
}
