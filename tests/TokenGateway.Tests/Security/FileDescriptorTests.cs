using System.Diagnostics;
using System.Net;
using System.Text.Json;
using TokenGateway.Simulator;
using TokenGateway.Tests.EndToEnd;

namespace TokenGateway.Tests.Security;

/// <summary>A process with few file descriptors, and clients that take them all.</summary>
public sealed class FileDescriptorTests : IAsyncLifetime
{
    private const int Limit = 400;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(40);

    private readonly List<RawClient> _held = [];
    private GatewayFleet _fleet = null!;
    private GatewayProcess _gateway = null!;

    public async Task InitializeAsync()
    {
        _fleet = await GatewayFleet.CreateAsync(new SimulatorOptions { AccessTokenLifetime = Lifetime });
        _gateway = await GatewayProcess.StartAsync(new ProcessStartInfo(
            "bash", ["-c", $"ulimit -n {Limit} && exec \"$0\" run --config \"$1\"", GatewayExecutable.Path, _fleet.WriteConfiguration()]));
        await _gateway.UntilAsync(status => status.GetProperty("state").GetString() == "active" && Serves());
    }

    public async Task DisposeAsync()
    {
        _held.ForEach(client => client.Dispose());
        await _gateway.DisposeAsync();
        await _fleet.DisposeAsync();
    }

    [Fact]
    public async Task Clients_of_the_proxy_cannot_take_the_descriptors_that_a_rotation_needs()
    {
        await HoldAsync(_gateway.Proxy);
        await _held[^1].WaitForEndAsync(Recovery); // One connection too many is closed.

        var generation = Generation(await _gateway.CredentialAsync());
        await _gateway.UntilAsync(status => Generation(status) >= generation + 2);
    }

    [Fact]
    public async Task Gateway_without_a_free_descriptor_lives_on_loses_no_token_and_serves_again()
    {
        await HoldAsync(_gateway.Proxy);
        await HoldAsync(_gateway.Management);

        // The system has taken this connection for the gateway, which cannot. Meanwhile the token falls due and dies.
        await _held[^1].SendAsync("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _held[^1].WaitForEndAsync(2 * Lifetime));
        _held.ForEach(client => client.Dispose());

        await _gateway.UntilAsync(status => status.GetProperty("state").GetString() == "active" && Serves(), Recovery);
        Assert.Equal(0, _fleet.Simulator.Counters.Reuses + _fleet.Simulator.Counters.Naked);
        Assert.Equal(0, await _gateway.TerminateAsync());
    }

    private async Task HoldAsync(Uri listener)
    {
        for (var i = 0; i < Limit; i++)
        {
            _held.Add(await RawClient.ConnectAsync(listener));
        }
    }

    private bool Serves()
    {
        using var answer = _gateway.GetAsync().GetAwaiter().GetResult();
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private static long Generation(JsonElement status) => status.GetProperty("generation").GetInt64();
}
