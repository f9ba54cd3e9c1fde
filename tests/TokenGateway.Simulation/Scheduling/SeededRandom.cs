using System.Buffers.Binary;
using TokenGateway.Tokens;

namespace TokenGateway.Simulation.Scheduling;

/// <summary>
/// The only source of chance in a simulation (SplitMix64). Independent streams come from <see cref="Fork"/>, so that one consumer's draws do not
/// shift another's.
/// </summary>
internal sealed class SeededRandom(ulong seed) : RandomSource
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public SeededRandom Fork() => new(Next());

    public override void Fill(Span<byte> destination)
    {
        for (; destination.Length >= sizeof(ulong); destination = destination[sizeof(ulong)..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, Next());
        }

        if (!destination.IsEmpty)
        {
            Span<byte> last = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(last, Next());
            last[..destination.Length].CopyTo(destination);
        }
    }

    /// <summary>From 0 up to, but not including, <paramref name="below"/>.</summary>
    public int Below(int below) => (int)(Next() % (ulong)below);

    public bool Chance(double probability) => probability > 0 && NextDouble() < probability;

    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + TimeSpan.FromTicks((long)(NextDouble() * (most - least).Ticks));

    /// <summary>Mostly short, seldom long: evenly spread over the logarithm.</summary>
    public TimeSpan Spread(TimeSpan least, TimeSpan most) =>
        TimeSpan.FromTicks((long)(least.Ticks * Math.Pow((double)most.Ticks / least.Ticks, NextDouble())));

    /// <summary>The pause until the next of events that come at random, <paramref name="mean"/> apart.</summary>
    public TimeSpan Exponential(TimeSpan mean) => mean * -Math.Log(1 - NextDouble());

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];
}
