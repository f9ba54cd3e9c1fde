using System.Net;
using System.Text.Json;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Commands;

public sealed class DemoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Demo_serves_through_two_gateways_that_send_the_same_token_also_after_a_rotation()
    {
        using var process = new GatewayProcess(_folder, "demo");
        var curls = await ReadCurlsAsync(process.Output);
        using var client = new HttpClient();
        await RunningGateway.WaitForAsync(async () => (await client.GetAsync(curls[0])).StatusCode == HttpStatusCode.OK);
        var before = await FingerprintAsync(client, curls[0]);
        Assert.Equal(before, await FingerprintAsync(client, curls[1]));

        // Forbidden while the first rotation is younger than MinRefreshInterval; and whoever asks while that one is still being written down is answered with it.
        await RunningGateway.WaitForAsync(async () =>
            (await client.PostAsync(curls[3], null)).StatusCode == HttpStatusCode.OK && await FingerprintAsync(client, curls[0]) != before);

        await RunningGateway.WaitForAsync(async () => await FingerprintAsync(client, curls[0]) == await FingerprintAsync(client, curls[1]));
        await process.SignalAsync("-INT");
        Assert.Equal(0, (await process.ExitAsync()).Code);
    }

    private static async Task<string[]> ReadCurlsAsync(StreamReader output)
    {
        var curls = new List<string>();
        while (await output.ReadLineAsync() is { } line && !line.StartsWith("Ctrl-C", StringComparison.Ordinal))
        {
            if (line.TrimStart().StartsWith("curl ", StringComparison.Ordinal))
            {
                curls.Add(line.Split(' ')[^1]);
            }
        }

        return [.. curls];
    }

    private static async Task<string?> FingerprintAsync(HttpClient client, string url)
    {
        using var echo = JsonDocument.Parse(await client.GetStringAsync(url));
        return echo.RootElement.GetProperty("fingerprint").GetString();
    }
}
