using TokenGateway.Simulator.Control;

namespace TokenGateway.Simulator.Commands;

/// <summary>The executable: reads its settings, starts, says what it offers, and runs until it is told to stop.</summary>
public static class SimulatorCommand
{
    /// <summary>Runs until <paramref name="stop"/> is cancelled.</summary>
    /// <returns>The exit code: 0, or 1 after one line on <paramref name="error"/> when a setting is wrong or an address cannot be bound.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        if (args is ["--help" or "-h"])
        {
            await output.WriteAsync(CommandSettings.Usage());
            return 0;
        }

        try
        {
            await RunAsync(CommandSettings.Read(args), output, stop);
            return 0;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException or IOException)
        {
            await error.WriteLineAsync($"simulator: {OneLine.Of(e)}");
            return 1;
        }
    }

    private static async Task RunAsync(CommandSettings settings, TextWriter output, CancellationToken stop)
    {
        await using var host = await SimulatorHost.StartAsync(settings.Options, settings.Url, settings.UpstreamUrl, cancellationToken: stop);
        var seed = host.IssueSeed(settings.RefreshToken);
        await output.WriteAsync(Welcome.For(host, seed));
        await output.FlushAsync(CancellationToken.None);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        await stopped.Task;
    }
}
