using System.Buffers;
using System.Buffers.Text;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>The claims of a JWT (RFC 7519), unverified: good enough for a hint of when the token dies, and for nothing else.</summary>
internal static class JwtPayload
{
    /// <summary>Null when the token is not a signed JWT.</summary>
    public static AnswerFields? Read(string token)
    {
        var payload = token.AsSpan();
        if (payload.Count('.') != 2)
        {
            return null;
        }

        payload = payload[(payload.IndexOf('.') + 1)..payload.LastIndexOf('.')];
        var bytes = new byte[Base64Url.GetMaxDecodedLength(payload.Length)];
        return Base64Url.DecodeFromChars(payload, bytes, out _, out var written) == OperationStatus.Done
            ? AnswerFields.Read(bytes.AsSpan(0, written))
            : null;
    }
}
