namespace TokenGateway.Simulator.Http;

/// <summary>The addresses that a listener accepts: one, plain http, no path.</summary>
internal static class ListenerAddress
{
    /// <summary>Gives the address back without a slash at its end.</summary>
    /// <exception cref="ArgumentException">It is not such an address.</exception>
    public static string Check(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && string.Equals(uri.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal)
        && uri.PathAndQuery is "/"
        && !url.Contains(';', StringComparison.Ordinal)
            ? uri.GetLeftPart(UriPartial.Authority)
            : throw new ArgumentException($"The address {url} must be one plain http address without a path, such as http://127.0.0.1:9090.", nameof(url));
}
