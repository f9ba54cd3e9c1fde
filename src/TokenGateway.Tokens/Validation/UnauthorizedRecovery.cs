using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Validation;

/// <summary>
/// What becomes of an access token that an upstream has refused. However many requests that happens to, a token costs one read of the store and one validation a second, and one rotation.
/// </summary>
internal sealed class UnauthorizedRecovery(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, StoreGlance store, ValidationDuty validation, AskedRotations rotations, RotationPlan plan, TokenWait wait, WakeSignal wake)
{
    /// <summary>The token to send the request again with; null where the 401 is to be passed on.</summary>
    /// <param name="refused">The token's value, as it was sent.</param>
    /// <param name="refusal">What the response said about it.</param>
    /// <param name="cancellationToken">Stops the waiting, which lasts <c>RequestWait</c> at most, and nothing else.</param>
    public async Task<AccessToken?> RecoverAsync(string refused, TokenRefusal refusal, CancellationToken cancellationToken)
    {
        if (Newer(refused) is { } known)
        {
            return known;
        }

        try
        {
            // Detached: the others who wait for the same verdict and rotation must not lose them with this caller.
            return await ReplaceAsync(refused, engine.Time.GetUtcNow(), refusal)
                .WaitAsync(settings.RequestWait, engine.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return Newer(refused);
        }
    }

    private async Task<AccessToken?> ReplaceAsync(string refused, DateTimeOffset at, TokenRefusal refusal)
    {
        try
        {
            if (IsKnownToLive(refused))
            {
                return null;
            }

            await store.TakeAsync(memory.View.Record?.Id);
            if (Newer(refused) is { } stored)
            {
                return stored;
            }

            if (memory.View.Record is { AccessToken: { } token } record && token.Reveal() == refused && await IsInvalidAsync(record.Id, at, refusal))
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

    private bool IsKnownToLive(string refused) =>
        settings.Validation.On401 == On401.Validate && memory.View.Record is { AccessToken: { } token } record && token.Reveal() == refused
        && validation.WasJustFoundValid(record.Id);

    private async Task<bool> IsInvalidAsync(string recordId, DateTimeOffset at, TokenRefusal refusal)
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
            var verdict = validation.AskForRefusalAsync(recordId, at);
            wake.Set();
            var report = await verdict;
            if (report.Verdict != ValidationVerdict.Unknown || !IsChallengeTheOnlyWord(report))
            {
                return report.Verdict == ValidationVerdict.Invalid;
            }
        }

        return refusal == TokenRefusal.InvalidToken ? Condemn(recordId) : settings.Validation.On401 == On401.Rotate && Suspect(recordId);
    }

    /// <summary>An endpoint that is away for a moment is waited for; one that cannot give a verdict must not be the end of recovery.</summary>
    private bool IsChallengeTheOnlyWord(ValidationReport report) =>
        MissingVerdict.IsLasting(report.Error) || memory.View.VerdictsMissedInARow >= MissingVerdict.Several;

    private bool Condemn(string recordId)
    {
        memory.Update(view => view.Record?.Id == recordId ? view.Condemn(isFresh: plan.IsFresh(view.Record)) : view);
        return true;
    }

    /// <summary>
    /// A 401 that names no reason, from an API that is known or configured to answer so to a dead token. It condemns no token that is fresh: that one is alive, and the 401 means something else. It
    /// only shows that the last rotation has not helped, so that the next is further away.
    /// </summary>
    private bool Suspect(string recordId)
    {
        var view = memory.Update(view =>
            view.Record?.Id != recordId ? view
            : plan.IsFresh(view.Record) ? view.RefusedFresh()
            : view.Condemn(isFresh: false));
        return view.FoundInvalid && view.Record?.Id == recordId;
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
