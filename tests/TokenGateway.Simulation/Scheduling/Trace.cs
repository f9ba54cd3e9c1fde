using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TokenGateway.Simulation.Scheduling;

/// <summary>
/// Everything that happens in a world, in order, as lines of text that only feed a running SHA-256: two runs of one seed are the same when their
/// hashes are. Printing is for whoever replays a failure.
/// </summary>
internal sealed class Trace(TextWriter? output) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _line = new byte[1024];

    public void Add(long ticks, string who, string what)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{ticks,14} {who,-8} {what}\n");
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > _line.Length)
        {
            _line = new byte[most];
        }

        _hash.AppendData(_line, 0, Encoding.UTF8.GetBytes(text, _line));
        output?.Write(text);
    }

    /// <summary>The hash of all lines so far.</summary>
    public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
