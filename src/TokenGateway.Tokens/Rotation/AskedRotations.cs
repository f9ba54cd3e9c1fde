using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>Rotations that callers ask for. All who ask for the same one share it; nobody is left waiting for one that cannot come any more.</summary>
internal sealed class AskedRotations(CredentialSettings settings, EngineContext engine, CredentialMemory memory, RotationPlan plan)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<RotationReport>? _asked;

    /// <summary>The end of the rotation under way or of the next one; or at once why there is none.</summary>
    /// <param name="force">A person has decided to send the refresh token whatever speaks against it.</param>
    /// <param name="onlyId">The record that is to be replaced; null means whichever is current.</param>
    public Task<RotationReport> AskAsync(bool force, string? onlyId = null)
    {
        lock (_gate)
        {
            if (onlyId is not null && memory.View.Record?.Id != onlyId)
            {
                return Task.FromResult(Replaced());
            }

            if (WhyForbidden(force) is { } reason)
            {
                return Task.FromResult(Forbidden(reason));
            }

            var recordId = memory.View.Record!.Id;
            plan.Asked = new Ask(recordId, force || plan.Asked == new Ask(recordId, Force: true));
            return Current().Task;
        }
    }

    /// <summary>Answers those who asked for what cannot come any more: their record has been rotated by a peer, or must not be.</summary>
    public void Settle()
    {
        if (plan.Asked is not { } ask)
        {
            return;
        }

        var view = memory.View;
        if (view.Record?.Id != ask.RecordId)
        {
            Take(view.Rotating)?.TrySetResult(Replaced());
        }
        else if (!view.Rotating && WhyForbidden(ask.Force) is { } reason)
        {
            Take(view.Rotating)?.TrySetResult(Forbidden(reason));
        }
    }

    /// <summary>The attempt is over: those who have asked until now share it, and whoever asks from now on asks for the next.</summary>
    public void End(RotationReport report, bool peerIsRotating) => Take(peerIsRotating)?.TrySetResult(report);

    /// <summary>The attempt came to no end that was foreseen.</summary>
    public void Fail(Exception error) => Take(stillRotating: false)?.TrySetException(error);

    /// <summary>No rotation is begun any more; who asks from now on is told so as well.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            Current().TrySetCanceled(CancellationToken.None);
        }
    }

    private TaskCompletionSource<RotationReport> Current() => _asked ??= new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What those who have asked wait for; null where nobody has.</summary>
    private TaskCompletionSource<RotationReport>? Take(bool stillRotating)
    {
        lock (_gate)
        {
            memory.Update(view => view with { Rotating = stillRotating });
            plan.Asked = null;
            var asked = _asked;
            _asked = null;
            return asked;
        }
    }

    private RotationReport Replaced() => (memory.View.LastRotation ?? Forbidden("The record was replaced.")) with { Outcome = RotationOutcome.TakenOver };

    private RotationReport Forbidden(string reason) => new(
        engine.Time.GetUtcNow(), engine.Replica.ToString(), RotationOutcome.Forbidden, TimeSpan.Zero, reason, memory.View.Record?.Generation ?? 0);

    private string? WhyForbidden(bool force)
    {
        var view = memory.View;
        var now = engine.Time.GetUtcNow();
        return view.Record switch
        {
            null => StatusText.ProblemOf(view, CredentialState.Unseeded, settings),
            var record when force => WhyNotEvenForced(view, record, now),
            { Rejection: null } when view.Rotating => null, // It is under way: whoever asks joins.
            { Attempts.Count: > 0 } or { Rejection: not null } => StatusText.ProblemOf(view, StatusText.StateOf(view, settings, now), settings)
                ?? $"A rotation of {settings.Name} is under way.",
            var record when plan.AllowedAt(record) > now =>
                $"MinRefreshInterval ({settings.MinRefreshInterval}) forbids another rotation of {settings.Name} before {plan.AllowedAt(record).AddSeconds(1):u}.",
            _ when plan.IsHeldUp(settings.RequestWait) =>
                StatusText.ProblemOf(view, CredentialState.Active, settings) ?? $"A rotation of {settings.Name} has to wait for the pause that the last one imposed.",
            _ => null,
        };
    }

    /// <summary>A person may overrule every pause and verdict, but not a request that is on its way, nor a pair that has come back already.</summary>
    private string? WhyNotEvenForced(CredentialView view, CredentialRecord record, DateTimeOffset now) =>
        view.Uncommitted ? $"The newest pair of {settings.Name} is not yet stored."
        : !view.Rotating && InDoubtPolicy.AnswerMayCome(settings, record, now + view.StoreOffset) ? $"A rotation of {settings.Name} is under way, and its answer may still come."
        : null;
}
