using System.Security.Cryptography;
using System.Text;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Rotation;

/// <summary>To whom a refresh token may be sent, and for which grant its record stands. A store beside a changed endpoint or client needs an explicit reseed.</summary>
internal static class Binding
{
    public static string Of(CredentialSettings settings) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{settings.TokenEndpoint.AbsoluteUri}|{settings.ClientId}{GrantOf(settings)}")));

    private static string GrantOf(CredentialSettings settings) => settings.GrantType == GrantType.ClientCredentials ? "|client_credentials" : "";
}
