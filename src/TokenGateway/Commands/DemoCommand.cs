using TokenGateway.Demo;
using TokenGateway.Hosting;
using TokenGateway.Simulator;
using TokenGateway.Telemetry;

namespace TokenGateway.Commands;

/// <summary><c>demo</c>: the main job with nothing to install, until Ctrl-C. It leaves nothing behind.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(CommandOutput output)
    {
        using var signals = new ShutdownSignals();
        var folder = Directory.CreateTempSubdirectory("tokengateway-demo-").FullName;
        try
        {
            await ServeAsync(folder, output, signals.Asked);
            return 0;
        }
        catch (Exception e)
        {
            return output.Fail($"The demo stops: {e.Message}", exitCode: 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ServeAsync(string folder, CommandOutput output, Task asked)
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        await using var firstTelemetry = GatewayTelemetry.Create(environment, credentials: 1);
        await using var secondTelemetry = GatewayTelemetry.Create(environment, credentials: 1);
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { AccessTokenLifetime = TokenLifetime });
        var seed = simulator.IssueSeed();
        await using var first = await DemoReplica.StartAsync(simulator, seed, folder, firstTelemetry);
        await using var second = await DemoReplica.StartAsync(simulator, seed, folder, secondTelemetry);
        await output.Out.WriteLineAsync(DemoText.Of(simulator, [first, second]));
        await asked;
        await Task.WhenAll(first.DrainAsync(), second.DrainAsync());
    }
}
