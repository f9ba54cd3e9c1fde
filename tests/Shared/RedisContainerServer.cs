using System.Globalization;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Containers;
using Testcontainers.Redis;

namespace TokenGateway.Testing;

/// <summary>Redis in a container, on a port of loopback that stays the same when it is restarted.</summary>
internal sealed class RedisContainerServer(IContainer container, string image, int port) : RedisServer
{
    public override string ConnectionString => $"127.0.0.1:{port}";

    public override string Description => $"container of {image}, port {port}";

    public static async Task<RedisServer> StartAsync(string image, string[] arguments)
    {
        var port = Ports.Free();
        var container = new RedisBuilder(image)
            .WithCreateParameterModifier(parameters => parameters.HostConfig!.PortBindings = Loopback(port))
            .WithCommand(["--protected-mode", "no", "--dir", "/data", .. arguments]) // The image puts redis-server before options.
            .Build();
        try
        {
            await container.StartAsync();
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }

        return new RedisContainerServer(container, image, port);
    }

    private static Dictionary<string, IList<PortBinding>> Loopback(int port) => new(StringComparer.Ordinal)
    {
        ["6379/tcp"] = [new PortBinding { HostIP = "127.0.0.1", HostPort = port.ToString(CultureInfo.InvariantCulture) }],
    };

    public override Task KillAsync() => container.StopAsync();

    public override Task RestartAsync() => container.StartAsync();

    public override ValueTask DisposeAsync() => container.DisposeAsync();
}
