using System.Net;
using System.Net.Sockets;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Tests.Simulator;

/// <summary>A provider that hangs, is slow, is down or is not there.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private SimulatorHost _host = null!;
    private Seed _seed = null!;

    public async Task InitializeAsync()
    {
        _host = await SimulatorHost.StartAsync();
        _seed = _host.IssueSeed(withAccessToken: true);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Hang_waits_until_it_is_released(bool after, int rotations)
    {
        _host.Faults.Token.Enqueue(new Fault.Hang(after));
        var call = _host.RotateAsync(_seed.RefreshToken);
        await HangingAsync();
        Assert.Equal(rotations, _host.Counters.Rotations);
        Assert.False(call.IsCompleted);

        _host.Faults.Release();

        Assert.Equal(HttpStatusCode.OK, (await call).Status);
    }

    [Fact]
    public async Task Hang_goes_on_when_released_although_the_caller_has_gone()
    {
        _host.Faults.Token.Enqueue(new Fault.Hang());
        using (var client = new HttpClient())
        {
            using var gone = new CancellationTokenSource();
            var call = client.PostAsync(
                $"{_host.BaseUrl}/v1/oauth/token/user",
                new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["grant_type"] = "refresh_token",
                    ["refresh_token"] = _seed.RefreshToken,
                    ["client_id"] = "demo",
                    ["client_secret"] = "demo-secret",
                }),
                gone.Token);
            await HangingAsync();
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        _host.Faults.Release();

        await _host.Events.WaitAsync(happened => happened.Kind == EventKind.Rotated, Timeout());
    }

    [Fact]
    public async Task Delay_comes_before_processing()
    {
        _host.Faults.Token.Enqueue(new Fault.Delay(TimeSpan.FromDays(1)));
        var call = _host.RotateAsync(_seed.RefreshToken);
        await _host.Events.WaitAsync(happened => happened.Kind == EventKind.Faulted, Timeout());

        await _host.DisposeAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
        Assert.Equal(0, _host.Counters.Rotations);
    }

    [Fact]
    public async Task Down_closes_every_connection_until_it_is_up()
    {
        _host.Faults.IsDown = true;
        await Assert.ThrowsAsync<HttpRequestException>(() => _host.RotateAsync(_seed.RefreshToken));
        await Assert.ThrowsAsync<HttpRequestException>(() => _host.ValidateAsync(_seed.AccessToken));
        Assert.Equal(2, _host.Events.ToList().Count(happened => happened.Kind == EventKind.DroppedWhileDown));
        Assert.Equal(HttpStatusCode.OK, (await _host.CallUpstreamAsync(_seed.AccessToken)).Status);

        _host.Faults.IsDown = false;

        Assert.Equal(HttpStatusCode.OK, (await _host.RotateAsync(_seed.RefreshToken)).Status);
    }

    [Fact]
    public async Task StopListening_refuses_connections_until_it_listens_again_at_the_same_address()
    {
        var address = _host.BaseUrl;
        await _host.StopListeningAsync();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => _host.RotateAsync(_seed.RefreshToken));
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(refused.InnerException).SocketErrorCode);

        await _host.StartListeningAsync();

        Assert.Equal(address, _host.BaseUrl);
        Assert.Equal(HttpStatusCode.OK, (await _host.RotateAsync(_seed.RefreshToken)).Status);
    }

    [Fact]
    public async Task StopListening_cuts_calls_that_hang_and_processes_none_of_them()
    {
        _host.Faults.Token.Enqueue(new Fault.Hang());
        var call = _host.RotateAsync(_seed.RefreshToken);
        await HangingAsync();

        await _host.StopListeningAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.Equal(0, _host.Counters.Rotations);
    }

    private Task<SimulatorEvent> HangingAsync() => _host.Events.WaitAsync(happened => happened.Kind == EventKind.Hanging, Timeout());

    private static CancellationToken Timeout() => new CancellationTokenSource(Patience, TimeProvider.System).Token;
}
