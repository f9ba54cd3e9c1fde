using TokenGateway.Tokens.Rotation;

namespace TokenGateway.Tokens.Validation;

/// <summary>Validations that callers ask for. All who ask before the verdict is there share it, so that a token is never asked about twice at a time.</summary>
internal sealed class AskedValidations
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<ValidationReport>? _asked;
    private DateTimeOffset? _since;
    private string? _refusedRecord;

    /// <summary>The moment of the last ask; an earlier verdict does not count. Null while nobody asks.</summary>
    public DateTimeOffset? Since
    {
        get
        {
            lock (_gate)
            {
                return _since;
            }
        }
    }

    /// <summary>
    /// The id of the record whose token an API has refused, where all who ask do so for that reason: a verdict that another 401 asked for a
    /// moment ago will do for them. Null otherwise.
    /// </summary>
    public string? RefusedRecord
    {
        get
        {
            lock (_gate)
            {
                return _refusedRecord;
            }
        }
    }

    /// <summary>The next verdict from <paramref name="since"/> on.</summary>
    /// <param name="since">An earlier verdict does not count.</param>
    /// <param name="refusedRecord">The record whose token an API has refused; null where it is asked for another reason.</param>
    public Task<ValidationReport> AskAsync(DateTimeOffset since, string? refusedRecord = null)
    {
        lock (_gate)
        {
            _refusedRecord = _since is null || _refusedRecord == refusedRecord ? refusedRecord : null;
            _since = _since > since ? _since : since;
            return Current().Task;
        }
    }

    /// <summary>There is a verdict, which counts for whoever asked until <paramref name="upTo"/>. If somebody has asked later, it is asked for again, for all.</summary>
    public void End(ValidationReport report, DateTimeOffset upTo)
    {
        lock (_gate)
        {
            if (_since <= upTo || (_since is { } since && ClockStep.IsToCome(since, upTo)))
            {
                Take()?.TrySetResult(report);
            }
        }
    }

    /// <summary>The validation came to no end that was foreseen.</summary>
    public void Fail(Exception error)
    {
        lock (_gate)
        {
            Take()?.TrySetException(error);
        }
    }

    /// <summary>Nothing is validated any more; who asks from now on is told so as well.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            Current().TrySetCanceled(CancellationToken.None);
        }
    }

    private TaskCompletionSource<ValidationReport> Current() => _asked ??= new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What those who have asked wait for; null where nobody has.</summary>
    private TaskCompletionSource<ValidationReport>? Take()
    {
        var asked = _asked;
        (_asked, _since, _refusedRecord) = (null, null, null);
        return asked;
    }
}
