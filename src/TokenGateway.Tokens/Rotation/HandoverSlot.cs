using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Rotation;

/// <summary>Holds what one person hands over until the loop has dealt with it; a second one has to wait for the end of the first.</summary>
internal sealed class HandoverSlot<T>(CredentialSettings settings, EngineContext engine)
    where T : AskedHandover
{
    private T? _asked;
    private volatile bool _stopped;

    public T? Asked => Volatile.Read(ref _asked);

    /// <summary>Waits for the end. What has not begun after <paramref name="patience"/> is withdrawn; what has begun goes on, whoever waits for it.</summary>
    /// <param name="asked">What is handed over.</param>
    /// <param name="patience">How long it may wait to begin.</param>
    /// <param name="overdue">What is reported where an end that has begun is not waited for any longer.</param>
    /// <param name="wake">Tells the loop.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task<ReseedReport> AskAsync(T asked, TimeSpan patience, ReseedReport overdue, Action wake, CancellationToken cancellationToken)
    {
        if (_stopped)
        {
            throw new OperationCanceledException($"The engine has stopped looking after {settings.Name}.");
        }

        if (Interlocked.CompareExchange(ref _asked, asked, null) is not null)
        {
            return new ReseedReport(ReseedOutcome.RotationInProgress, $"Another reseed or login of {settings.Name} is under way.");
        }

        wake();
        try
        {
            return await asked.Ended.Task.WaitAsync(patience, engine.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return Withdraw(asked) ? asked.HeldUpBy ?? Busy() : await EndOfBegunAsync(asked, overdue, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Withdraw(asked);
            throw;
        }
    }

    public ReseedReport Busy() => new(ReseedOutcome.RotationInProgress, $"A rotation of {settings.Name} is under way, whose answer may still come.");

    public void End(T asked, ReseedReport report)
    {
        Interlocked.CompareExchange(ref _asked, null, asked);
        asked.Ended.TrySetResult(report);
    }

    /// <summary>Begun and never ended, it would be due for ever, and in the way of every other one.</summary>
    public void Fail(T asked, Exception error)
    {
        Interlocked.CompareExchange(ref _asked, null, asked);
        asked.Ended.TrySetException(error);
    }

    /// <summary>Nothing is begun any more.</summary>
    public void Cancel()
    {
        _stopped = true;
        Volatile.Read(ref _asked)?.Ended.TrySetCanceled(CancellationToken.None);
    }

    private async Task<ReseedReport> EndOfBegunAsync(T asked, ReseedReport overdue, CancellationToken cancellationToken)
    {
        try
        {
            return await asked.Ended.Task.WaitAsync(settings.TokenEndpointTimeout + settings.LeaseDuration, engine.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return overdue;
        }
    }

    /// <returns>False when its adoption has begun: then it goes on, whoever waits for it.</returns>
    private bool Withdraw(T asked)
    {
        var withdrawn = asked.TryBegin();
        if (withdrawn)
        {
            Interlocked.CompareExchange(ref _asked, null, asked);
        }

        return withdrawn;
    }
}
