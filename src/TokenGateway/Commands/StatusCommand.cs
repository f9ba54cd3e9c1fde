using System.Text.Json;
using TokenGateway.Hosting;
using TokenGateway.Management;

namespace TokenGateway.Commands;

/// <summary><c>status</c>: the credentials of the running gateway. Exit code 0 when all are active.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(2);

    public static Task<int> RunAsync(CommandConfiguration source, StatusOptions options, CommandOutput output) =>
        ManagementClient.RunAsync(source, output, client => options.Watch ? WatchAsync(client, options.Json, output) : ShowAsync(client, options.Json, output));

    private static async Task<int> ShowAsync(ManagementClient client, bool json, CommandOutput output)
    {
        var body = await client.SendAsync(HttpMethod.Get, "api/credentials");
        return await WriteAsync(body, json, output);
    }

    private static async Task<int> WatchAsync(ManagementClient client, bool json, CommandOutput output)
    {
        using var signals = new ShutdownSignals();
        using var timer = new PeriodicTimer(WatchInterval, TimeProvider.System);
        var inPlace = output.IsTerminal && !json;
        var (shown, code) = ((string?)null, 1);
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
                code = body is null ? output.Fail(problem!, exitCode: 1) : await WriteAsync(body, json, output);
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

    private static async Task<int> WriteAsync(string body, bool json, CommandOutput output)
    {
        var credentials = Parse(body);
        if (json)
        {
            await output.Out.WriteLineAsync(body);
        }
        else
        {
            StatusTable.Write(credentials, TimeProvider.System.GetUtcNow(), output);
        }

        return credentials.All(credential => credential.State == "active") ? 0 : 1;
    }

    private static CredentialDocument[] Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ManagementJson.Default.CredentialDocumentArray) ?? [];
        }
        catch (JsonException)
        {
            throw new ManagementException("What answers there is no TokenGateway of this version.");
        }
    }
}

/// <param name="Json">The API's own document instead of a table.</param>
/// <param name="Watch">Again and again, until Ctrl-C.</param>
internal sealed record StatusOptions(bool Json, bool Watch);
