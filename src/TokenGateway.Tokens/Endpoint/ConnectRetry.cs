using System.Net.Sockets;
using Polly;
using Polly.Retry;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// Retries name resolution and TCP connect: the only retry that is safe around a refresh, since nothing has been sent.
/// </summary>
internal sealed class ConnectRetry(TimeProvider time, RandomSource random)
{
    /// <summary>Attempts after the first.</summary>
    public const int Retries = 2;

    // Not the generic builder: its options keep System.Enum's reflection alive, which Native AOT refuses.
    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = Retries,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Randomizer = random.NextDouble,
            ShouldHandle = new PredicateBuilder().Handle<SocketException>(),
        })
        .Build();

    public async ValueTask<Stream> ConnectAsync(Func<CancellationToken, ValueTask<Stream>> connect, CancellationToken cancellationToken)
    {
        // On the captured context, or a simulation would lose sight of the continuation.
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        try
        {
            return await _pipeline.ExecuteAsync(static (c, connect) => connect(c.CancellationToken), context, connect);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
