using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using TokenGateway.Configuration;

namespace TokenGateway.Hosting;

/// <summary>Why a listener cannot listen, as a sentence with the setting and the remedy.</summary>
internal static class BindFailure
{
    private const int LeastUnprivilegedPort = 1024;

    /// <param name="addresses">Those of the listener, with their settings.</param>
    /// <param name="error">What starting it threw.</param>
    /// <returns>Null where it is something else.</returns>
    public static string? Describe(IReadOnlyList<ListeningAddress> addresses, Exception error)
    {
        var settings = string.Join(", ", addresses.Select(address => address.Path).Distinct(StringComparer.Ordinal));
        var names = string.Join(", ", addresses.Select(address => address.Address));
        var isSocketFile = addresses.Any(address => address.Address.Contains("://unix:", StringComparison.Ordinal));
        return Causes(error).Select(cause => cause switch
        {
            AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } when isSocketFile =>
                $"{settings} binds {names}, and another process listens there, or the file is no socket: end that process, or move the file",
            AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
                $"{settings} binds {names}, and the address is in use by another process ('ss -ltnp' names it): end that, "
                + "or choose another port",
            SocketException { SocketErrorCode: SocketError.AccessDenied } =>
                $"{settings} binds {names}, which this process may not: use a port of {LeastUnprivilegedPort} or above, "
                + "or give the process the capability CAP_NET_BIND_SERVICE",
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
                $"{settings} binds {names}, which is no address of this machine: name one that it has, or * for all",
            _ => null,
        }).FirstOrDefault(sentence => sentence is not null);
    }

    private static IEnumerable<Exception> Causes(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            yield return error;
        }
    }
}
