using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;

namespace TokenGateway.Commands.Doctor;

/// <summary>What a configured seed is worth beside what the store knows. It is compared, never sent.</summary>
internal static class SeedJudgement
{
    /// <exception cref="IOException">The seed's file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The seed's file may not be read.</exception>
    public static Finding Of(string subject, CredentialSettings credential, CredentialRecord? record)
    {
        if (credential.GrantType == GrantType.ClientCredentials)
        {
            return Finding.Good(subject, "none is needed: client_credentials");
        }

        var seed = credential.RefreshToken.Read();
        return record is null ? First(subject, credential, seed)
            : Binding.ProblemOf(record, credential) is { } problem
                ? Finding.Failure(subject, problem)
            : seed is not null && !record.HasUsed(seed) && !seed.Equals(record.RefreshToken)
                ? Finding.Good(subject, "a new one is configured; a gateway that runs adopts it within 10 s")
            : Stored(subject, record);
    }

    private static Finding First(string subject, CredentialSettings credential, Secret? seed) => seed is not null
        ? Finding.Good(subject, "configured, and not known to the store, so it has not been spent from here; it was not sent")
        : credential.RefreshToken.IsConfigured
            ? Finding.Failure(subject, "the store does not know this credential, and the file that RefreshTokenFile names is missing or empty")
            : Finding.Failure(subject, "neither the store nor the configuration has a refresh token: set RefreshTokenFile, or use the command reseed");

    private static Finding Stored(string subject, CredentialRecord record) => record.Phase switch
    {
        RecordPhase.Quarantined => Finding.Failure(subject, $"the provider refused the stored refresh token ({record.Rejection}): log in again and reseed"),
        RecordPhase.InDoubt => Finding.Warning(subject, "the stored refresh token may be spent; a running gateway resolves that, and a reseed ends it at once"),
        _ => Finding.Good(subject, $"the store holds generation {record.Generation}; the configured seed is not needed"),
    };
}
