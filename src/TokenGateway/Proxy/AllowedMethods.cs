namespace TokenGateway.Proxy;

/// <summary>The methods that reach an API with a token.</summary>
internal static class AllowedMethods
{
    public const string Value = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    /// <summary>TRACE echoes what arrives (RFC 9110 §9.3.8), and so does its twin on some servers: the client would be shown the token.</summary>
    public static bool IsEcho(string method) => HttpMethods.IsTrace(method) || string.Equals(method, "TRACK", StringComparison.OrdinalIgnoreCase);
}
