using Microsoft.AspNetCore.Http.Features;
using TokenGateway.Hosting;
using TokenGateway.Telemetry;
using TokenGateway.Tokens;

namespace TokenGateway.Management;

/// <summary>The management listener's own web application: it answers from before the engine starts until after it has stopped.</summary>
internal static class ManagementHost
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    public static WebApplication Build(GatewayParts parts, ITokenManager tokens, DrainState drain)
    {
        // Without the configuration, so that neither Urls nor Kestrel:Endpoints, which are the proxy's, can reach it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = nameof(TokenGateway) });
        builder.Services.AddHostBasics(parts, StopTimeout);
        builder.Services.AddSingleton<Untraced>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        var app = builder.Build();
        app.Urls.Add(parts.Settings.Management.Url);
        app.Use(WithoutMetrics);
        app.Use(new ManagementAccess(new SecretSet([parts.Settings.Management.ApiKey], parts.Time)).InvokeAsync);
        new Probes(tokens, drain).Map(app);
        if (parts.Telemetry is { } telemetry)
        {
            ScrapedMetrics.Map(app, telemetry.Scraped);
        }

        new HealthEndpoint(tokens, parts.Health, parts.Time).Map(app);
        new CredentialEndpoints(tokens, parts.Loggers.CreateLogger<CredentialEndpoints>()).Map(app);
        return app;
    }

    /// <summary>ASP.NET Core's metrics are about the traffic that is proxied, not about probes and scrapes.</summary>
    private static Task WithoutMetrics(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.MetricsDisabled = true;
        }

        return next(context);
    }
}
