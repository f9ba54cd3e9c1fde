using TokenGateway.Hosting;

namespace TokenGateway.Commands;

/// <summary><c>status</c>: the credentials of the running gateway. Exit code 0 to 2 as in <see cref="StatusGrades.ExitCodeOf"/>, 3 where the gateway could not be asked.</summary>
internal static class StatusCommand
{
    public const int NotAsked = 3;

    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(2);

    public static Task<int> RunAsync(ManagementTarget target, StatusOptions options, CommandOutput output) =>
        ManagementClient.RunAsync(target, output, client => options.Watch ? WatchAsync(client, options, output) : ShowAsync(client, options, output), NotAsked);

    private static async Task<int> ShowAsync(ManagementClient client, StatusOptions options, CommandOutput output) =>
        await WriteAsync(await client.SendAsync(HttpMethod.Get, "api/credentials"), options, output);

    private static async Task<int> WatchAsync(ManagementClient client, StatusOptions options, CommandOutput output)
    {
        using var signals = new ShutdownSignals();
        using var timer = new PeriodicTimer(WatchInterval, TimeProvider.System);
        var inPlace = output.IsTerminal && !options.Json;
        var (shown, code) = ((string?)null, NotAsked);
        do
        {
            var (body, problem) = await AskAsync(client, mayBeAway: shown is not null);
            if (inPlace)
            {
                // Home, and clear to the end: the times count down in place.
                await output.Out.WriteAsync("\u001b[H\u001b[J");
            }

            if (inPlace || (body ?? problem) != shown)
            {
                code = body is null ? output.Fail(problem!, NotAsked) : await WriteAsync(body, options, output);
            }

            shown = body ?? problem;
        }
        while (await Task.WhenAny(timer.WaitForNextTickAsync().AsTask(), signals.Asked) != signals.Asked);
        return code;
    }

    /// <summary>A gateway that has answered before may be away for a while: whoever watches a restart wants to see it come back.</summary>
    private static async Task<(string? Body, string? Problem)> AskAsync(ManagementClient client, bool mayBeAway)
    {
        try
        {
            return (await client.SendAsync(HttpMethod.Get, "api/credentials"), null);
        }
        catch (ManagementException e) when (mayBeAway)
        {
            return (null, e.Message);
        }
    }

    private static async Task<int> WriteAsync(string body, StatusOptions options, CommandOutput output)
    {
        using var report = StatusReport.Parse(body, options);
        if (options.Json)
        {
            await output.Out.WriteLineAsync(report.Json);
        }
        else
        {
            StatusTable.Write(report.Shown, TimeProvider.System.GetUtcNow(), output);
            await output.Out.WriteLineAsync(StatusGrades.Summary(report.Asked));
        }

        return StatusGrades.ExitCodeOf(report.Asked);
    }
}

/// <param name="Name">The only credential that is asked about; null for all.</param>
/// <param name="Problems">Shows only those that need a look.</param>
/// <param name="Json">The API's own document instead of a table.</param>
/// <param name="Watch">Again and again, until Ctrl-C.</param>
internal sealed record StatusOptions(string? Name, bool Problems, bool Json, bool Watch);
