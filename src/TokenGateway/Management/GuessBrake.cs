using System.Net;

namespace TokenGateway.Management;

/// <summary>
/// Slows guesses at the key. Each address may be wrong <see cref="Burst"/> times, and then once in each <see cref="Interval"/>; what it tries in between is not looked at. Addresses share a fixed number
/// of places, chosen by a hash that nobody outside can foretell, so that it costs the same however many there are.
/// </summary>
internal sealed class GuessBrake(TimeProvider time)
{
    public const int Burst = 10;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int Places = 1024;

    /// <summary>For each place the moment, in ticks of the process's own clock, when all its wrong keys will be forgotten.</summary>
    private readonly long[] _forgottenAt = new long[Places];

    private readonly long _interval = (long)(Interval.TotalSeconds * time.TimestampFrequency);

    /// <summary>True when the next key of this address is not to be looked at.</summary>
    public bool IsOn(IPAddress? address) => Volatile.Read(ref Place(address)) - time.GetTimestamp() > (Burst - 1) * _interval;

    /// <summary>A key was wrong.</summary>
    public void Wrong(IPAddress? address)
    {
        ref var place = ref Place(address);
        var now = time.GetTimestamp();
        for (long seen; Interlocked.CompareExchange(ref place, Math.Max(seen = Volatile.Read(ref place), now) + _interval, seen) != seen;)
        {
        }
    }

    /// <summary>Whoever has an IPv6 address has the 2^64 beside it.</summary>
    private ref long Place(IPAddress? address)
    {
        var hash = new HashCode();
        if (address is not null)
        {
            Span<byte> bytes = stackalloc byte[16];
            (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).TryWriteBytes(bytes, out var length);
            hash.AddBytes(bytes[..(length == 16 ? 8 : length)]);
        }

        return ref _forgottenAt[(uint)hash.ToHashCode() % Places];
    }
}
