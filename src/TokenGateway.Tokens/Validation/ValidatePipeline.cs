using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace TokenGateway.Tokens.Validation;

/// <summary>
/// A circuit breaker around a timeout: where half of at least five calls in 30 s gave no verdict, nobody is asked for some 15 s, so that
/// a provider in trouble is not asked about every 401 as well.
/// </summary>
internal static class ValidatePipeline
{
    public static ResiliencePipeline<TokenValidation> Create(TimeSpan timeout, TimeProvider time, RandomSource random) =>
        new ResiliencePipelineBuilder<TokenValidation> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<TokenValidation>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 5,
                SamplingDuration = TimeSpan.FromSeconds(30),

                // Spread, so that replicas which broke together do not ask again together.
                BreakDurationGenerator = _ => ValueTask.FromResult(TimeSpan.FromSeconds(12 + (6 * random.NextDouble()))),
                ShouldHandle = static args => ValueTask.FromResult(
                    args.Outcome.Exception is not (null or OperationCanceledException)
                    || args.Outcome.Result is { Verdict: ValidationVerdict.Unknown }),
            })
            .AddTimeout(new TimeoutStrategyOptions { TimeoutGenerator = _ => ValueTask.FromResult(timeout) })
            .Build();
}
