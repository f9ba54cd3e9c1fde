using TokenGateway.Hosting;
using TokenGateway.Telemetry;

namespace TokenGateway.Commands;

/// <summary><c>run</c>: serves until a signal, then drains. Exit code 1 when it cannot start.</summary>
internal static class RunCommand
{
    /// <summary>After it the credentials are loaded and the first tokens fetched.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(CommandConfiguration source, CommandOutput output)
    {
        ProcessPrivacy.Enable();
        using var signals = new ShutdownSignals();
        try
        {
            var health = new ConfigurationHealth();
            using var configuration = source.Read(health);
            var settings = await ConfigurationCheck.ReadAsync(configuration, source.Settings);
            ProcessThreads.Arrange(settings.Tokens.Store.Kind);
            ReturnMemory(); // What the reading has left: the room that metrics take in advance then lies where nothing moves it, and what is not used of it is no memory yet.
            await using var telemetry = GatewayTelemetry.Create(configuration, settings.Tokens.Credentials.Count);
            var accepted = new AcceptedConfiguration(configuration);
            var parts = new GatewayParts { Configuration = accepted.Root, Settings = settings.Gateway, Loggers = telemetry.Loggers, Telemetry = telemetry, Health = health, Summary = ConfigurationSummary.Of(configuration, settings) };
            await using var host = new GatewayHost(parts, GatewayEngine.Create(settings.Tokens, parts));
            await host.StartAsync(CancellationToken.None);
            await using (var reload = new ConfigurationReload(configuration, source.Settings, accepted, health, host, telemetry.Loggers.CreateLogger<ConfigurationReload>()))
            {
                reload.Start(parts.Time);
                if (await Task.WhenAny(signals.Asked, Task.Delay(Settling, parts.Time)) != signals.Asked)
                {
                    ReturnMemory();
                }

                await signals.Asked;
            }

            await host.DrainAsync();
            return 0;
        }
        catch (StartupException e)
        {
            return output.Fail(e.Errors, exitCode: 1);
        }
        catch (Exception e)
        {
            return output.Fail($"TokenGateway stops: {e.Message}", exitCode: 1);
        }
    }

    /// <summary>
    /// What the start has left behind, the greater part of an idle process's heap: without need it would not be collected for hours. A few milliseconds. The process's own affair: a host may
    /// share its process with others.
    /// </summary>
    private static void ReturnMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
