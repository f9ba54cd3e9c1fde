using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tests.Traffic;
using Xunit.Abstractions;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>The published executable under traffic that a careless proxy would not survive.</summary>
public sealed class TrafficTests(ITestOutputHelper output)
{
    private const int Megabyte = 1 << 20;

    [Fact]
    public async Task A_gigabyte_of_unknown_length_goes_up_in_constant_memory()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions());
        var before = fleet.First.PeakMemory;

        var answer = await Curl.RunAsync(
            async upload =>
            {
                var piece = new byte[Megabyte];
                for (var i = 0; i < 1024; i++)
                {
                    await upload.WriteAsync(piece);
                }
            },
            "--upload-file", "-", new Uri(fleet.First.Proxy, "/plum/upload").ToString());

        var growth = fleet.First.PeakMemory - before;
        output.WriteLine($"{before / Megabyte} MB before, {growth / Megabyte} MB more at the peak");
        Assert.Equal(1024L * Megabyte, JsonDocument.Parse(answer).RootElement.GetProperty("bodyLength").GetInt64());
        Assert.InRange(growth, 0, 64 * Megabyte);
    }

    [Fact]
    public async Task SIGTERM_under_load_loses_no_request()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions());
        var gateway = fleet.First;
        var served = 0;
        var clients = Enumerable.Range(0, 16).Select(_ => AskUntilClosedAsync()).ToList();
        while (Volatile.Read(ref served) < 500)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        Assert.Equal(0, await gateway.TerminateAsync());
        await Task.WhenAll(clients);

        // Whatever has reached the upstream has been answered: nobody who was refused was served all the same.
        output.WriteLine($"{served} requests");
        Assert.Equal(served, fleet.Simulator.Counters.UpstreamRequests);

        async Task AskUntilClosedAsync()
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            try
            {
                while (true)
                {
                    using var answer = await client.GetAsync(new Uri(gateway.Proxy, "/plum/things"));
                    Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                    Interlocked.Increment(ref served);
                }
            }
            catch (HttpRequestException closed) when (closed.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                // No connection is taken any more: a load balancer would try the next replica.
            }
        }
    }

    [Fact]
    public async Task A_client_that_goes_away_while_it_waits_for_a_token_cancels_no_rotation()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang());
        var gateway = await fleet.StartGatewayAsync();
        await fleet.Simulator.Events.WaitAsync(seen => seen.Kind == EventKind.Hanging, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);

        using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gateway.Client.GetAsync(new Uri(gateway.Proxy, "/plum/things"), gone.Token));
        fleet.Simulator.Faults.Release();

        await gateway.UntilActiveAsync();
        Assert.Equal((1, 0), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.UpstreamRequests));
    }
}
