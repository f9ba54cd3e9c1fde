namespace TokenGateway.Faults.Oracle;

/// <summary>Finds the headers of records in one direction of a connection to Redis, wherever the stream was cut into pieces.</summary>
internal sealed class RecordScanner
{
    private const int LongestHeader = 64 * 1024;

    private static ReadOnlySpan<byte> Start => "{\"key\":\""u8;

    private static ReadOnlySpan<byte> End => ",\"adoptedSeeds\":"u8;

    private byte[] _carried = [];

    /// <summary>The headers that are complete with these bytes.</summary>
    public List<SeenRecord> Scan(ReadOnlySpan<byte> bytes)
    {
        var seen = new List<SeenRecord>();
        byte[] all = [.. _carried, .. bytes];
        var rest = all.AsSpan();
        for (var start = rest.IndexOf(Start); start >= 0; start = rest.IndexOf(Start))
        {
            rest = rest[start..];
            var end = rest.IndexOf(End);
            if (end < 0)
            {
                break;
            }

            seen.Add(SeenRecord.Parse([.. rest[..end], (byte)'}']));
            rest = rest[end..];
        }

        var begun = rest.StartsWith(Start) && rest.Length < LongestHeader;
        _carried = begun ? rest.ToArray() : rest[^Math.Min(rest.Length, Start.Length - 1)..].ToArray();
        return seen;
    }
}
