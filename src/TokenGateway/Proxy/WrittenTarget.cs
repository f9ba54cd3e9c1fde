using System.Buffers;

namespace TokenGateway.Proxy;

/// <summary>
/// A request's target as its client has written it. Kestrel decodes the path so that a route can be chosen, and YARP encodes what it
/// forwards anew: <c>%2F</c> would become <c>%252F</c>, <c>%2B</c> a plain <c>+</c>, and a signature over the address would not fit any
/// more.
/// </summary>
internal static class WrittenTarget
{
    /// <summary>What decoding and encoding leave as it is (RFC 3986: pchar without percent-encoding, and the delimiters).</summary>
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("!$&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");

    /// <summary>
    /// What may go into an HTTP/1.1 request line as it came: visible ASCII, without what ends a target or is another separator to some
    /// servers.
    /// </summary>
    private static readonly SearchValues<char> Sendable =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code).Where(c => c is not '#' and not '\\')]);

    /// <summary>True where the target could arrive in another spelling, and can be sent in its own.</summary>
    public static bool Matters(string target) =>
        target.StartsWith('/') && target.AsSpan().ContainsAnyExcept(Plain) && !target.AsSpan().ContainsAnyExcept(Sendable);

    /// <summary>
    /// The path to forward, in which every segment that the client has sent is spelled as it came, wherever the route's transforms have
    /// put it; null where that cannot be said, and YARP's own encoding is to be used.
    /// </summary>
    /// <param name="target">The target as the client wrote it, its query included.</param>
    /// <param name="routed">The path by which the route was chosen: decoded, and without <c>.</c> and <c>..</c>.</param>
    /// <param name="forwarded">What the route's transforms have made of that.</param>
    public static string? PathOf(string target, string routed, string forwarded)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var written = (query < 0 ? target : target[..query]).Split('/');
        var segments = routed.Split('/');

        // Where . or .. were resolved, these are not each other's segments any more.
        if (written.Length != segments.Length || !written.Zip(segments).All(pair => IsSame(pair.First, pair.Second)))
        {
            return null;
        }

        var parts = forwarded.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            // A prefix that was taken away or put before leaves a segment where it is, counted from the end.
            var same = segments.Length - parts.Length + i;
            var at = same >= 0 && segments[same] == parts[i] ? same : Array.LastIndexOf(segments, parts[i]);
            if (at < 0 && parts[i].AsSpan().ContainsAnyExcept(Plain))
            {
                return null;
            }

            parts[i] = at < 0 ? parts[i] : written[at];
        }

        return string.Join('/', parts);
    }

    /// <summary>Kestrel leaves <c>%2F</c>, and what is no UTF-8, as it is.</summary>
    private static bool IsSame(string written, string segment) =>
        written == segment
        || (Uri.UnescapeDataString(written) is var decoded && (decoded == segment || decoded == Uri.UnescapeDataString(segment)));
}
