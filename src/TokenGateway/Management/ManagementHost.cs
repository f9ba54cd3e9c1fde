using Microsoft.AspNetCore.Http.Features;
using TokenGateway.Hosting;
using TokenGateway.Management.Login;
using TokenGateway.Telemetry;
using TokenGateway.Tokens;

namespace TokenGateway.Management;

/// <summary>The management listener's own web application: it answers from before the engine starts until after it has stopped.</summary>
internal static class ManagementHost
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    /// <summary>A refresh token with room to spare.</summary>
    private const int LargestBody = 64 * 1024;

    public static WebApplication Build(GatewayParts parts, ITokenManager tokens, ServingState serving, SecretSet keys)
    {
        // Without the configuration, so that neither Urls nor Kestrel:Endpoints, which are the proxy's, can reach it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = nameof(TokenGateway) });
        builder.Services.AddHostBasics(parts, StopTimeout);
        builder.Services.AddSingleton<Untraced>();
        builder.Services.AddSingleton<ILoggerFactory>(new LoggersWithoutAddresses(parts.Loggers));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => ListenerLimits.ApplyToManagement(kestrel, LargestBody));

        var app = builder.Build();
        app.Urls.Add(parts.Settings.Management.Url);
        var audit = new Audit(parts.Loggers.CreateLogger<Audit>());
        app.Use(WithoutMetrics);
        app.Use(new ManagementAccess(keys, audit, parts.Time, BindingAddress.Parse(parts.Settings.Management.Url).IsUnixPipe).InvokeAsync);
        new Probes(tokens, serving).Map(app);
        if (parts.Telemetry is { } telemetry)
        {
            ScrapedMetrics.Map(app, telemetry.Scraped);
        }

        new HealthEndpoint(tokens, parts.Health, parts.Time).Map(app);
        var credentials = new CredentialEndpoints(tokens, audit, parts.Loggers.CreateLogger<CredentialEndpoints>());
        credentials.Map(app);
        new LoginEndpoints(tokens, new PendingLogins(parts.Time), audit, () => OwnAddress.ForBrowsers(app.Urls.First()), parts.Loggers.CreateLogger<LoginEndpoints>())
            .Map(app, credentials.ForCredential);
        DashboardPages.Map(app);
        new StatusEvents(tokens, parts.Time, app.Lifetime.ApplicationStopping).Map(app);
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
