using System.Text;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>The <c>application/x-www-form-urlencoded</c> encoding as OAuth 2.0 wants it (RFC 6749, appendix B).</summary>
internal static class FormEncoding
{
    public static string Encode(string value) => Uri.EscapeDataString(value).Replace("%20", "+", StringComparison.Ordinal);

    public static byte[] Encode(IEnumerable<KeyValuePair<string, string>> parameters) =>
        Encoding.ASCII.GetBytes(string.Join('&', parameters.Select(p => $"{Encode(p.Key)}={Encode(p.Value)}")));
}
