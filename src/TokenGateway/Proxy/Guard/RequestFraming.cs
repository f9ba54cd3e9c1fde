namespace TokenGateway.Proxy.Guard;

/// <summary>Where does a request end? In HTTP/1.1 a client can say it twice, and smuggle a second request into what one of two servers takes for the body (RFC 9112 §11.2).</summary>
internal static class RequestFraming
{
    /// <summary>Where a request has both, Kestrel goes by its chunks and sets the length aside under this name.</summary>
    private const string LengthSetAside = "X-Content-Length";

    /// <summary>Several lengths, and lengths that are no number, Kestrel refuses by itself.</summary>
    public static bool IsAmbiguous(HttpRequest request)
    {
        var codings = request.Headers.TransferEncoding;
        return codings.Count > 0
            && (codings.Count > 1
                || !string.Equals(codings[0], "chunked", StringComparison.OrdinalIgnoreCase)
                || request.Headers.ContainsKey(LengthSetAside)
                || !HttpProtocol.IsHttp11(request.Protocol));
    }
}
