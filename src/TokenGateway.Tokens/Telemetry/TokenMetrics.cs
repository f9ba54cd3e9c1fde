using System.Diagnostics.Metrics;

namespace TokenGateway.Tokens.Telemetry;

/// <summary>
/// What happens to tokens, counted: the instruments of the meter <c>TokenGateway</c>. Names and labels are relied on by alerts and dashboards. Nothing here is touched by a
/// request that gets its token from memory.
/// </summary>
internal sealed class TokenMetrics
{
    public const string MeterName = "TokenGateway";

    private readonly Counter<long> _rotations;
    private readonly Histogram<double> _rotationDuration;
    private readonly Histogram<double> _leaseWait;
    private readonly Counter<long> _validations;
    private readonly Counter<long> _unauthorized;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _refused;

    private TokenMetrics(Meter meter)
    {
        Meter = meter;
        _rotations = meter.CreateCounter<long>("tokengateway.rotations", "{rotation}", "Attempts to rotate that ended, by outcome; a login that gave tokens counts as one.");
        _rotationDuration = meter.CreateHistogram(
            "tokengateway.rotation.duration", "s", "From the wish for the lease to the end of an attempt in which the refresh token was sent or was to be sent.", advice: Seconds);
        _leaseWait = meter.CreateHistogram("tokengateway.lease.wait", "s", "From the first wish for the lease until this replica had it.", advice: Seconds);
        _validations = meter.CreateCounter<long>("tokengateway.validations", "{validation}", "Verdicts of the validate endpoint.");
        _unauthorized = meter.CreateCounter<long>("tokengateway.upstream.unauthorized", "{response}", "Answers 401 of an upstream to a request that carried a token.");
        _retries = meter.CreateCounter<long>("tokengateway.retries", "{request}", "Requests that an upstream answered with 401, by what became of sending them again.");
        _refused = meter.CreateCounter<long>("tokengateway.requests.refused", "{request}", "Requests that were not forwarded, by code.");
    }

    /// <summary>For an engine that nobody observes.</summary>
    public static TokenMetrics Unobserved { get; } = new(new Meter(MeterName));

    public Meter Meter { get; }

    // A rotation takes milliseconds with a quick provider and store, and half a minute with a slow one.
    private static InstrumentAdvice<double> Seconds { get; } =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    /// <param name="factory">Owns the meter: one engine's instruments are told from another's of the same process by it.</param>
    public static TokenMetrics Create(IMeterFactory factory) => new(factory.Create(MeterName));

    /// <summary>How many series <paramref name="instrument"/>, one of this meter, has of one credential at most.</summary>
    public static int SeriesOfCredential(string instrument) => instrument switch
    {
        "tokengateway.rotations" or "tokengateway.rotation.duration" => Enum.GetValues<RotationOutcome>().Length,
        "tokengateway.validations" => Enum.GetValues<ValidationVerdict>().Length,
        "tokengateway.requests.refused" => Enum.GetValues<TokenFailureCode>().Length,
        "tokengateway.retries" => Enum.GetValues<RetryOutcome>().Length,
        "tokengateway.state" => Enum.GetValues<CredentialState>().Length,
        _ => 1,
    };

    /// <summary>Makes every series of a credential known with zero: a counter that first appears with its first failure shows no increase.</summary>
    public void Begin(string credential)
    {
        foreach (var outcome in Enum.GetValues<RotationOutcome>())
        {
            _rotations.Add(0, Credential(credential), new("outcome", Labels.Of(outcome)));
        }

        foreach (var verdict in Enum.GetValues<ValidationVerdict>())
        {
            _validations.Add(0, Credential(credential), new("verdict", Labels.Of(verdict)));
        }

        foreach (var code in Enum.GetValues<TokenFailureCode>())
        {
            _refused.Add(0, Credential(credential), new("code", Labels.Of(code)));
        }

        foreach (var outcome in Enum.GetValues<RetryOutcome>())
        {
            _retries.Add(0, Credential(credential), new("outcome", Labels.Of(outcome)));
        }

        _unauthorized.Add(0, Credential(credential));
    }

    /// <summary>An attempt to rotate has ended. The durations of those that began nothing are not worth knowing.</summary>
    public void Rotated(string credential, RotationOutcome outcome, TimeSpan duration)
    {
        _rotations.Add(1, Credential(credential), new("outcome", Labels.Of(outcome)));
        if (outcome is not (RotationOutcome.TakenOver or RotationOutcome.Forbidden))
        {
            _rotationDuration.Record(duration.TotalSeconds, Credential(credential), new("outcome", Labels.Of(outcome)));
        }
    }

    public void LeaseAcquired(string credential, TimeSpan wait) => _leaseWait.Record(wait.TotalSeconds, Credential(credential));

    /// <summary>The validate endpoint was asked. A verdict that a peer has shared is not counted again.</summary>
    public void Validated(string credential, ValidationVerdict verdict) => _validations.Add(1, Credential(credential), new("verdict", Labels.Of(verdict)));

    /// <summary>An upstream answered 401 to a request with this credential's token.</summary>
    public void UpstreamUnauthorized(string credential) => _unauthorized.Add(1, Credential(credential));

    /// <summary>What became of a request that an upstream had answered with 401. Once per request.</summary>
    public void Retried(string credential, RetryOutcome outcome) => _retries.Add(1, Credential(credential), new("outcome", Labels.Of(outcome)));

    /// <summary>A request was not forwarded, or not sent, for want of a token.</summary>
    public void Refused(string credential, TokenFailureCode code) => _refused.Add(1, Credential(credential), new("code", Labels.Of(code)));

    /// <summary>A request was not forwarded before any credential was looked at.</summary>
    /// <param name="code">One of a closed set, such as <c>inbound_key_required</c>.</param>
    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));

    private static KeyValuePair<string, object?> Credential(string name) => new("credential", name);
}

/// <summary>What became of a request that an upstream answered with 401.</summary>
internal enum RetryOutcome
{
    /// <summary>Sent again with a newer token, and answered with anything but 401.</summary>
    Succeeded,

    /// <summary>Sent again with a newer token, and answered with 401 once more.</summary>
    Unauthorized,

    /// <summary>Sent again, and not answered.</summary>
    Failed,

    /// <summary>Not sent again: its body could not be replayed, or it was no request of one answer.</summary>
    NotReplayable,

    /// <summary>Not sent again: there was no newer token to send it with.</summary>
    NoNewerToken,
}
