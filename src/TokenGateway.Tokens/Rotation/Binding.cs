using System.Security.Cryptography;
using System.Text;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>To whom a refresh token may be sent, and for which grant its record stands. A store beside a changed endpoint or client needs an explicit reseed.</summary>
internal static class Binding
{
    public static string Of(CredentialSettings settings) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{settings.TokenEndpoint.AbsoluteUri}|{settings.ClientId}{GrantOf(settings)}")));

    /// <summary>
    /// What is wrong with a record that stands for another token endpoint or client; null where it stands for the configured ones, or a seed that was never exchanged is about to (<see cref="RebindDuty"/>).
    /// </summary>
    public static string? ProblemOf(CredentialRecord record, CredentialSettings settings) =>
        record.Generation == 0 || settings.GrantType != GrantType.RefreshToken || record.Binding == Of(settings) ? null
        : $"The stored refresh token of {settings.Name} belongs to another token endpoint or client id than the configured ones, and is not sent there. "
        + $"Configure a new seed, or bring the old values back; where the stored one is good there too: 'rotate {settings.Name} --force'.";

    private static string GrantOf(CredentialSettings settings) => settings.GrantType == GrantType.ClientCredentials ? "|client_credentials" : "";
}
