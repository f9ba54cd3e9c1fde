using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Rotation;

/// <summary>What a request does that finds no live token: it waits while someone is at work on one, and is told otherwise at once.</summary>
internal sealed class TokenWait(CredentialSettings settings, CredentialMemory memory, TimeProvider time, MonotonicClock clock)
{
    /// <summary>How soon to ask again where nothing better is known.</summary>
    private static readonly TimeSpan DefaultRetry = TimeSpan.FromSeconds(1);

    public async Task<TokenResult> WaitAsync(CancellationToken cancellationToken)
    {
        var until = clock.Now + settings.RequestWait;
        while (true)
        {
            var view = memory.View;
            if (memory.IsUsable && memory.Live is { } live)
            {
                return live.Result;
            }

            var failure = FailureOf(view);
            var left = until - clock.Now;
            if (!IsWorthWaiting(view) || left <= TimeSpan.Zero)
            {
                return TokenResult.Fail(failure);
            }

            if (!await ChangesWithinAsync(view, left, cancellationToken))
            {
                return memory.IsUsable && memory.Live is { } last ? last.Result : TokenResult.Fail(FailureOf(memory.View));
            }
        }
    }

    private async Task<bool> ChangesWithinAsync(CredentialView view, TimeSpan left, CancellationToken cancellationToken)
    {
        try
        {
            await view.Changed.Task.WaitAsync(left, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Nobody is at work while the pause after a failed step runs, or when a person is needed.</summary>
    private bool IsWorthWaiting(CredentialView view) =>
        !view.Loaded
        || view.Rotating
        || (view.Setback is null && !view.Withheld && StateOf(view) switch
        {
            CredentialState.Active or CredentialState.Rotating => true,
            CredentialState.Unseeded => settings.RefreshToken.IsConfigured && view.SeedProblem is null,
            _ => false,
        });

    private TokenFailure FailureOf(CredentialView view)
    {
        var state = StateOf(view);
        var message = StatusText.ProblemOf(view, state, settings.Name) ?? $"No live access token is known for {settings.Name} yet.";
        return state switch
        {
            CredentialState.ReauthorizationRequired => new TokenFailure(settings.Name, TokenFailureCode.ReauthorizationRequired, message, null),
            CredentialState.InDoubt => new TokenFailure(settings.Name, TokenFailureCode.RotationInDoubt, message, RetryAfter(view)),
            _ => new TokenFailure(settings.Name, view.Setback?.Code ?? TokenFailureCode.TokenUnavailable, message, RetryAfter(view)),
        };
    }

    private CredentialState StateOf(CredentialView view) => StatusText.StateOf(view, settings, time.GetUtcNow());

    private TimeSpan RetryAfter(CredentialView view)
    {
        var left = view.Setback is { } setback ? setback.RetryAt - clock.Now : DefaultRetry;
        return left > DefaultRetry ? left : DefaultRetry;
    }
}
