using System.Text.Json;

namespace TokenGateway.Simulator.Faults;

/// <summary>The faults to come at one endpoint: queued ones first, each for one call, then those that happen by chance. Thread safe.</summary>
public sealed class EndpointFaults
{
    private readonly Lock _gate = new();
    private readonly Queue<Fault> _queued = new();
    private readonly List<Chance> _chances = [];
    private readonly bool _isTokenEndpoint;

    internal EndpointFaults(bool isTokenEndpoint) => _isTokenEndpoint = isTokenEndpoint;

    /// <summary>Queued faults that no call has met yet.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _queued.Count;
            }
        }
    }

    /// <summary>The next <paramref name="count"/> calls meet <paramref name="fault"/>.</summary>
    /// <exception cref="ArgumentException">The fault makes no sense here, or one of its values is out of bounds.</exception>
    public void Enqueue(Fault fault, int count = 1)
    {
        Check(fault);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        lock (_gate)
        {
            for (var i = 0; i < count; i++)
            {
                _queued.Enqueue(fault);
            }
        }
    }

    /// <summary>From now on every call meets <paramref name="fault"/> with that probability, 0 to 1. The same seed gives the same sequence.</summary>
    /// <exception cref="ArgumentException">The fault makes no sense here, or one of its values is out of bounds.</exception>
    public void Sometimes(Fault fault, double probability, int seed)
    {
        Check(fault);
        if (probability is not (>= 0 and <= 1))
        {
            throw new ArgumentException("The probability must be from 0 to 1.", nameof(probability));
        }

        lock (_gate)
        {
            _chances.Add(new Chance(fault, probability, new Random(seed)));
        }
    }

    /// <summary>Forgets every fault to come.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _queued.Clear();
            _chances.Clear();
        }
    }

    internal Fault? Next()
    {
        lock (_gate)
        {
            return _queued.TryDequeue(out var fault) ? fault : _chances.Find(chance => chance.Happens())?.Fault;
        }
    }

    private void Check(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var error = fault switch
        {
            { TokenEndpointOnly: true } when !_isTokenEndpoint => "This fault is for the token endpoint only.",
            Fault.Truncate { Bytes: < 0 } => "The number of bytes must not be negative.",
            Fault.Status { Code: < 400 or > 599 } => "The status must be from 400 to 599.",
            Fault.Delay delay when delay.For < TimeSpan.Zero => "The delay must not be negative.",
            Fault.Expiry { ExpiresIn: { } json } when !IsJson(json) => "The expiry must be a JSON value.",
            _ => null,
        };
        if (error is not null)
        {
            throw new ArgumentException(error, nameof(fault));
        }
    }

    private static bool IsJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Chance(Fault Fault, double Probability, Random Random)
    {
        public bool Happens() => Random.NextDouble() < Probability;
    }
}
