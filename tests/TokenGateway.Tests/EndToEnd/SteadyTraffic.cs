using System.Collections.Concurrent;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>Requests without a pause, whose every answer counts.</summary>
internal sealed class SteadyTraffic : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task _clients;
    private int _requests;

    public SteadyTraffic(GatewayProcess gateway) => _clients = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => RunAsync(gateway))));

    public int Requests => _requests;

    public async Task<IReadOnlyList<string>> StopAsync()
    {
        await _stopping.CancelAsync();
        await _clients;
        return [.. _failures];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync(GatewayProcess gateway)
    {
        while (!_stopping.IsCancellationRequested)
        {
            Interlocked.Increment(ref _requests);
            try
            {
                using var answer = await gateway.GetAsync();
                if (!answer.IsSuccessStatusCode)
                {
                    _failures.Enqueue($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                }
            }
            catch (HttpRequestException error)
            {
                _failures.Enqueue(error.Message);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }
    }
}
