using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Rotation;

/// <summary>What a request does that finds no live token: it waits while someone is at work on one, and is told otherwise at once.</summary>
internal sealed class TokenWait(CredentialSettings settings, CredentialMemory memory, NextAttempt next, TimeProvider time, MonotonicClock clock)
{
    /// <summary>How soon to ask again where nothing better is known.</summary>
    private static readonly TimeSpan DefaultRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task _watch = Task.CompletedTask;

    public async Task<TokenResult> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SettledAsync().WaitAsync(settings.RequestWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // What is known by now is the answer.
        }

        return memory.IsUsable && memory.Live is { } live ? live.Result : TokenResult.Fail(FailureOf(memory.View));
    }

    /// <summary>One watch for all who wait: ten thousand of them must not wake at every step of the rotation that they wait for.</summary>
    private Task SettledAsync()
    {
        lock (_gate)
        {
            return _watch.IsCompleted ? _watch = WatchAsync() : _watch;
        }
    }

    private async Task WatchAsync()
    {
        for (var view = memory.View; !memory.IsUsable && IsWorthWaiting(view); view = memory.View)
        {
            await view.Changed.Task;
        }
    }

    /// <summary>Nothing comes while the pause after a failed step runs, or where a person is needed. A doubt that ends within <c>RequestWait</c> is waited for.</summary>
    private bool IsWorthWaiting(CredentialView view) =>
        !view.Loaded
        || view.Rotating
        || (!view.Withheld && StateOf(view) switch
        {
            CredentialState.Active or CredentialState.Rotating =>
                view.Setback is null && (view.Record is not { TokenlessResponses: > 0 } || next.Delay() < settings.RequestWait),
            CredentialState.InDoubt => view.Setback?.Code != TokenFailureCode.StoreUnavailable && next.Delay() < settings.RequestWait,
            CredentialState.Unseeded => view.Setback is null && settings.RefreshToken.IsConfigured && view.SeedProblem is null,
            _ => false,
        });

    private TokenFailure FailureOf(CredentialView view)
    {
        var state = StateOf(view);
        var message = StatusText.ProblemOf(view, state, settings) ?? $"No live access token is known for {settings.Name} yet.";
        return state switch
        {
            CredentialState.ReauthorizationRequired => new TokenFailure(settings.Name, TokenFailureCode.ReauthorizationRequired, message, null),
            CredentialState.InDoubt => new TokenFailure(settings.Name, TokenFailureCode.RotationInDoubt, message, Longer(RetryAfter(view), next.Delay())),
            _ => new TokenFailure(settings.Name, view.Setback?.Code ?? TokenFailureCode.TokenUnavailable, message, RetryAfter(view)),
        };
    }

    private CredentialState StateOf(CredentialView view) => StatusText.StateOf(view, settings, time.GetUtcNow());

    /// <summary>Until the next attempt, which a failed step puts off.</summary>
    private TimeSpan RetryAfter(CredentialView view) => Longer(DefaultRetry, view.Setback is { } setback ? setback.RetryAt - clock.Now : DefaultRetry);

    private static TimeSpan Longer(TimeSpan wait, TimeSpan planned) => planned > wait && planned < TimeSpan.MaxValue ? planned : wait;
}
