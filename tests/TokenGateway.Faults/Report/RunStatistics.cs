using TokenGateway.Faults.Faults;

namespace TokenGateway.Faults.Report;

/// <summary>How many faults of each kind were met, and how long recovery took. Thread safe.</summary>
internal sealed class RunStatistics
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FaultKind, int> _hits = [];
    private readonly Dictionary<string, int> _perFleet = new(StringComparer.Ordinal);
    private readonly List<RecoverySample> _samples = [];
    private int _missed;

    public void Add(string fleet, IEnumerable<FaultKind> hits, int missed, RecoverySample? sample)
    {
        lock (_gate)
        {
            foreach (var kind in hits)
            {
                _hits[kind] = _hits.GetValueOrDefault(kind) + 1;
                _perFleet[fleet] = _perFleet.GetValueOrDefault(fleet) + 1;
            }

            _missed += missed;
            if (sample is not null)
            {
                _samples.Add(sample);
            }
        }
    }

    public int Count(FaultGroup group)
    {
        lock (_gate)
        {
            return _hits.Where(pair => pair.Key.Group == group).Sum(pair => pair.Value);
        }
    }

    public int Total
    {
        get
        {
            lock (_gate)
            {
                return _hits.Values.Sum();
            }
        }
    }

    /// <summary>Faults whose moment did not come.</summary>
    public int Missed => _missed;

    public IReadOnlyList<KeyValuePair<FaultKind, int>> Hits
    {
        get
        {
            lock (_gate)
            {
                return [.. _hits];
            }
        }
    }

    public IReadOnlyList<RecoverySample> Samples
    {
        get
        {
            lock (_gate)
            {
                return [.. _samples];
            }
        }
    }

    public static TimeSpan Percentile(IEnumerable<RecoverySample> samples, double share)
    {
        var ordered = samples.Select(sample => sample.Took).Order().ToList();
        return ordered.Count == 0 ? TimeSpan.Zero : ordered[Math.Min(ordered.Count - 1, (int)Math.Ceiling(share * ordered.Count) - 1)];
    }
}

/// <summary>How long one fault, or several at once, took to be over for the gateways.</summary>
/// <param name="Kind">Which fault.</param>
/// <param name="Took">From the end of its cause until every gateway was ready and healthy.</param>
/// <param name="InDoubt">Whether a refresh token was in doubt meanwhile: then patience is what takes the time.</param>
internal sealed record RecoverySample(string Kind, TimeSpan Took, bool InDoubt);
