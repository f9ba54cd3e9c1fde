namespace TokenGateway.Proxy.Guard;

/// <summary>Headers that a client names in <c>Connection</c> are for the next hop only, which is the gateway (RFC 9110 §7.6.1). YARP drops those that are so by their own name.</summary>
internal static class HopByHopHeaders
{
    /// <summary>No header at all, or one without which the request would be another: naming it changes nothing.</summary>
    private static readonly string[] Kept = ["close", "keep-alive", "upgrade", "http2-settings", "host", "content-length", "transfer-encoding"];

    public static void Drop(IHeaderDictionary headers)
    {
        foreach (var value in headers.Connection)
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                var name = value.AsSpan(part).Trim();
                if (!name.IsEmpty && !IsKept(name))
                {
                    headers.Remove(name.ToString());
                }
            }
        }
    }

    private static bool IsKept(ReadOnlySpan<char> name)
    {
        foreach (var kept in Kept)
        {
            if (name.Equals(kept, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
