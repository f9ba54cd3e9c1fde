using System.Net.Http.Headers;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Validation;

/// <summary>
/// What becomes of an access token that an upstream answered with 401. Of all requests that meet one, a token costs one read of the store, one validation and one rotation.
/// </summary>
internal sealed class UnauthorizedRecovery(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, StoreGlance store, ValidationDuty validation, AskedRotations rotations, RotationPlan plan, TokenWait wait, WakeSignal wake)
{
    /// <summary>The token to send the request again with; null where the 401 is to be passed on.</summary>
    /// <param name="refused">The token's value, as it was sent.</param>
    /// <param name="challenges">The answer's <c>WWW-Authenticate</c>.</param>
    /// <param name="cancellationToken">Stops the waiting, which lasts <c>RequestWait</c> at most, and nothing else.</param>
    public async Task<AccessToken?> RecoverAsync(string refused, IEnumerable<AuthenticationHeaderValue> challenges, CancellationToken cancellationToken)
    {
        if (Newer(refused) is { } known)
        {
            return known;
        }

        try
        {
            // Detached: the others who wait for the same verdict and rotation must not lose them with this caller.
            return await ReplaceAsync(refused, engine.Time.GetUtcNow(), BearerChallenge.SaysInvalidToken(challenges))
                .WaitAsync(settings.RequestWait, engine.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return Newer(refused);
        }
    }

    private async Task<AccessToken?> ReplaceAsync(string refused, DateTimeOffset at, bool saysInvalidToken)
    {
        try
        {
            await store.TakeAsync();
            if (Newer(refused) is { } stored)
            {
                return stored;
            }

            if (memory.View.Record is { AccessToken: { } token } record && token.Reveal() == refused && await IsInvalidAsync(record.Id, at, saysInvalidToken))
            {
                await RotateAsync(refused, record.Id);
                await wait.WaitAsync(CancellationToken.None);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException)
        {
            // The engine stops, and begins nothing any more; or a peer has taken too long.
        }

        return Newer(refused);
    }

    private async Task<bool> IsInvalidAsync(string recordId, DateTimeOffset at, bool saysInvalidToken)
    {
        if (settings.Validation.On401 == On401.Pass)
        {
            return false;
        }

        if (memory.View is { FoundInvalid: true } view && view.Record?.Id == recordId)
        {
            return true;
        }

        if (settings.Validation.On401 == On401.Validate && settings.ValidateEndpoint is not null)
        {
            var verdict = validation.AskAsync(at);
            wake.Set();
            return (await verdict).Verdict == ValidationVerdict.Invalid;
        }

        var condemned = settings.Validation.On401 == On401.Rotate || saysInvalidToken;
        if (condemned)
        {
            memory.Update(view => view.Record?.Id == recordId ? view.Condemn(isFresh: plan.IsFresh(view.Record)) : view);
        }

        return condemned;
    }

    /// <summary>Until there is another token, or none can come now.</summary>
    private async Task RotateAsync(string refused, string recordId)
    {
        while (memory.View.Record?.Id == recordId && Newer(refused) is null)
        {
            var rotation = rotations.AskAsync(force: false, recordId);
            wake.Set();
            var outcome = (await rotation).Outcome;
            var view = memory.View;
            if (outcome == RotationOutcome.Forbidden && IsUnderWay(view))
            {
                // A peer is spending the refresh token at this moment.
                await view.Changed.Task.WaitAsync(settings.RequestWait, engine.Time);
            }
            else if (outcome != RotationOutcome.TakenOver)
            {
                return;
            }
        }
    }

    private bool IsUnderWay(CredentialView view) => StatusText.StateOf(view, settings, engine.Time.GetUtcNow()) == CredentialState.Rotating;

    private AccessToken? Newer(string refused) => memory is { IsUsable: true, Live.Result.Token: { } token } && token.Reveal() != refused ? token : null;
}
