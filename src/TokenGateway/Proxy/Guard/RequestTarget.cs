using System.Buffers;
using System.Globalization;

namespace TokenGateway.Proxy.Guard;

/// <summary>
/// A plain <c>..</c> is resolved before a route is chosen. One that is encoded, however often, or stands beside a backslash or a path parameter passes as a name here,
/// and is a way up to some upstreams: out of what the route's prefix allows.
/// </summary>
internal static class RequestTarget
{
    private static readonly SearchValues<char> Suspicious = SearchValues.Create("%\\;");
    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\");

    /// <summary>C0 controls and DEL; and the two bytes that begin nothing in UTF-8 but another spelling of an ASCII character.</summary>
    private static readonly SearchValues<char> Forbidden = SearchValues.Create([.. Enumerable.Range(0, 32).Select(code => (char)code), '\u007F', '\u00C0', '\u00C1']);

    /// <param name="target">The target as the client wrote it; what its query says is the upstream's business.</param>
    public static bool HidesWayUp(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target.AsSpan(0, query);
        return path.ContainsAny(Suspicious) && HidesWayUp(path);
    }

    private static bool HidesWayUp(ReadOnlySpan<char> path)
    {
        var decoded = path.ToArray().AsSpan();
        for (int length; (length = Decode(decoded)) < decoded.Length;)
        {
            decoded = decoded[..length];
        }

        return decoded.ContainsAny(Forbidden) || WaysUp(decoded, Separators, parameters: true) > WaysUp(path, SearchValues.Create("/"), parameters: false);
    }

    /// <summary>Resolves one layer of percent-encoding in place.</summary>
    /// <returns>The new length; the same where nothing is encoded.</returns>
    private static int Decode(Span<char> text)
    {
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '%' && at + 2 < text.Length && byte.TryParse(text.Slice(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                text[length++] = (char)code;
                at += 2;
            }
            else
            {
                text[length++] = text[at];
            }
        }

        return length;
    }

    /// <summary>How many segments are <c>..</c>, or <c>..;anything</c> where parameters count as such.</summary>
    private static int WaysUp(ReadOnlySpan<char> path, SearchValues<char> separators, bool parameters)
    {
        var count = 0;
        foreach (var range in path.SplitAny(separators))
        {
            var segment = path[range];
            var end = parameters ? segment.IndexOf(';') : -1;
            count += (end < 0 ? segment : segment[..end]) is ".." ? 1 : 0;
        }

        return count;
    }
}
