using Microsoft.AspNetCore.Server.Kestrel.Core;
using TokenGateway.Hosting;
using TokenGateway.Tokens;
using Yarp.ReverseProxy.Configuration;

namespace TokenGateway.Proxy;

/// <summary>The proxy's own web application. Nothing but routes of the section <c>ReverseProxy</c> exists on its port.</summary>
internal static class ProxyHost
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    private static readonly string[] AddressKeys = ["Urls", "HTTP_PORTS", "HTTPS_PORTS"];

    public static WebApplication Build(GatewayParts parts, ITokenManager tokens)
    {
        // An empty builder, not the slim one, because that reads an appsettings.json of its own choice.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = nameof(TokenGateway) });
        builder.Configuration.AddConfiguration(parts.Configuration);
        builder.Services.AddHostBasics(parts, parts.Gateway.DrainTimeout);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, parts.Configuration));

        var section = parts.Configuration.GetSection(ProxyServices.SectionName);
        builder.Services.AddProxy(section, tokens.Credentials);
        builder.Services.AddSingleton(tokens);
        builder.Services.AddSingleton<ProxyReloadListener>();
        builder.Services.AddSingleton<IConfigChangeListener>(services => services.GetRequiredService<ProxyReloadListener>());
        builder.Services.AddSingleton<IHostedService>(services => new ProxyReloadWatch(section, services.GetRequiredService<ProxyReloadListener>()));

        var app = builder.Build();
        if (!NamesAddresses(parts.Configuration))
        {
            app.Urls.Add(DefaultUrl);
        }

        var inbound = new InboundPolicy(new SecretSet(parts.Gateway.InboundKeys, parts.Time), parts.Gateway.AllowAnonymous);
        app.Use(inbound.InvokeAsync);
        app.UseCors();
        app.UseRequestTimeouts();
        app.MapReverseProxy();
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, IConfiguration configuration)
    {
        kestrel.AddServerHeader = false;
        kestrel.Configure(configuration.GetSection("Kestrel"), reloadOnChange: true);
    }

    private static bool NamesAddresses(IConfiguration configuration) =>
        AddressKeys.Any(key => !string.IsNullOrWhiteSpace(configuration[key])) ||
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
}
