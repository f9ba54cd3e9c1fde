using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace TokenGateway.Hosting;

/// <summary>What the proxy's and the management listener's applications have in common.</summary>
internal static class HostBasics
{
    public static void AddHostBasics(this IServiceCollection services, GatewayParts parts, TimeSpan shutdownTimeout)
    {
        services.AddLogging();
        services.AddSingleton(parts.Loggers);
        services.AddSingleton(parts.Time);
        services.AddSingleton(parts.Health);
        services.AddSingleton(parts.Metrics);
        if (parts.Telemetry is { } telemetry)
        {
            services.AddSingleton(telemetry.Meters);
        }

        services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = UnixSocketFile.Bind);
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = shutdownTimeout);
        services.AddRouting();
    }
}
