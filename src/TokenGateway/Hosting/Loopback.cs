using System.Net;

namespace TokenGateway.Hosting;

/// <summary>Is this the machine itself?</summary>
internal static class Loopback
{
    public static bool Is(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>True for <c>localhost</c> and loopback addresses, with or without a port.</summary>
    public static bool IsHost(HostString host) =>
        string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase) ||
        (IPAddress.TryParse(host.Host.Trim('[', ']'), out var address) && Is(address));
}
