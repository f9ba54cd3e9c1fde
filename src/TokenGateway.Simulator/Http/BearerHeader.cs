using Microsoft.Extensions.Primitives;

namespace TokenGateway.Simulator.Http;

/// <summary>Reads <c>Authorization: Bearer …</c> (RFC 6750 §2.1).</summary>
internal static class BearerHeader
{
    private const string Scheme = "Bearer ";

    /// <summary>The token; empty when there is none, when the scheme is another, or when there are two credentials.</summary>
    public static ReadOnlySpan<char> Read(StringValues header)
    {
        if (header.Count != 1 || !header[0].AsSpan().StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        var token = header[0].AsSpan(Scheme.Length).Trim(' ');
        return token.ContainsAny(' ', ',') ? default : token;
    }
}
