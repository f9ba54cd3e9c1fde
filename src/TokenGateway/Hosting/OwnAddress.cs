namespace TokenGateway.Hosting;

/// <summary>How this machine reaches one of its own listeners.</summary>
internal static class OwnAddress
{
    private const string ThisMachine = "127.0.0.1";

    /// <summary>Where a browser of this machine finds a listener; null where only a Unix socket leads to it.</summary>
    public static Uri? ForBrowsers(string url) => BindingAddress.Parse(url).IsUnixPipe ? null : Of(url);

    /// <summary>A listener on every address is reached through loopback; by its number, as logins want it (RFC 8252 §7.3).</summary>
    public static Uri Of(string url)
    {
        var uri = new UriBuilder(url.Replace("//*", $"//{ThisMachine}", StringComparison.Ordinal).Replace("//+", $"//{ThisMachine}", StringComparison.Ordinal));
        uri.Host = uri.Host is "0.0.0.0" or "[::]" or "localhost" ? ThisMachine : uri.Host;
        return uri.Uri;
    }
}
