using System.Net;

namespace TokenGateway.Configuration;

/// <summary>An address to listen on, as Kestrel understands it.</summary>
/// <param name="Path">Where it is configured.</param>
/// <param name="Address">As in <c>http://127.0.0.1:8080</c>, <c>http://*:80</c> or <c>http://unix:/run/gateway.sock</c>.</param>
internal sealed record ListeningAddress(string Path, string Address)
{
    private readonly BindingAddress? _binding = Parse(Address);

    public bool IsValid => _binding is not null;

    public bool IsHttps => _binding?.Scheme == "https";

    /// <summary>True where only this machine can connect. Kestrel binds every host name but localhost to any address.</summary>
    public bool IsLoopback =>
        _binding is not null && (_binding.IsUnixPipe || IsLocalhost || (Ip is { } ip && IPAddress.IsLoopback(ip)));

    private bool IsLocalhost => _binding is not null && _binding.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private IPAddress? Ip =>
        IPAddress.TryParse(_binding?.Host, out var ip) ? (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip) : null;

    private bool IsAny => !IsLocalhost && (Ip is not { } ip || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));

    /// <summary>True when both would bind the same port, at least on one of the machine's addresses. Port 0 is a new one each time.</summary>
    public bool Overlaps(ListeningAddress other)
    {
        if (_binding is null || other._binding is null)
        {
            return false;
        }

        if (_binding.IsUnixPipe || other._binding.IsUnixPipe)
        {
            return _binding.IsUnixPipe && other._binding.IsUnixPipe
                && _binding.UnixPipePath.Equals(other._binding.UnixPipePath, StringComparison.Ordinal);
        }

        return _binding.Port == other._binding.Port && _binding.Port != 0 && SharesHost(other);
    }

    private bool SharesHost(ListeningAddress other) =>
        IsAny || other.IsAny
        || (IsLocalhost && other.IsLoopback) || (other.IsLocalhost && IsLoopback)
        || Equals(Ip, other.Ip);

    private static BindingAddress? Parse(string address)
    {
        try
        {
            var binding = BindingAddress.Parse(address);
            return binding.Scheme is "http" or "https" && binding.PathBase.Length == 0 && !binding.IsNamedPipe ? binding : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
