using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>The records that come after a record.</summary>
internal static class Successor
{
    /// <summary>The next generation, made from a provider's grant.</summary>
    public static CredentialRecord Rotated(
        this CredentialRecord record, TokenGrant grant, RotationStamp stamp)
    {
        var renewed = grant.RefreshToken is not null && !grant.RefreshToken.Equals(record.RefreshToken);
        return record with
        {
            Generation = record.Generation + 1,
            Id = stamp.Id,
            Ancestors = record.Lineage(),
            Step = 0,
            Attempts = [],
            Rejection = null,
            SpentTokens = renewed
                ? [record.Fingerprints.Of(record.RefreshToken), .. record.SpentTokens.Take(CredentialRecord.MaxSpent - 1)]
                : record.SpentTokens,
            IssuedAt = stamp.At,
            AccessTokenExpiresAt = grant.AccessToken is null ? record.AccessTokenExpiresAt : grant.AccessTokenExpiresAt,
            RefreshTokenExpiresAt = grant.RefreshTokenExpiresAt ?? (renewed ? null : record.RefreshTokenExpiresAt),
            By = stamp.By,
            Took = stamp.Took,
            NeedsAccessToken = grant.AccessToken is null,
            AccessToken = grant.AccessToken ?? record.AccessToken,
            RefreshToken = grant.RefreshToken ?? record.RefreshToken,
        };
    }

    /// <summary>
    /// A new family, started by an operator's seed. It descends from what it replaces, so that every replica takes it over; the access token in
    /// use stays in use until the seed's first answer, unless the seed brought its own.
    /// </summary>
    public static CredentialRecord Reseeded(this CredentialRecord record, Seed seed, string family, string binding, RotationStamp stamp) =>
        record with
        {
            Family = family,
            Generation = 0,
            Id = stamp.Id,
            Ancestors = record.Lineage(),
            Binding = binding,
            Step = 0,
            Attempts = [],
            Rejection = null,
            AdoptedSeeds = [record.Fingerprints.Of(seed.RefreshToken), .. record.AdoptedSeeds.Take(CredentialRecord.MaxSpent - 1)],
            SpentTokens = [record.Fingerprints.Of(record.RefreshToken), .. record.SpentTokens.Take(CredentialRecord.MaxSpent - 1)],
            IssuedAt = seed.AccessToken is null ? record.IssuedAt : stamp.At,
            AccessTokenExpiresAt = seed.AccessToken is null ? record.AccessTokenExpiresAt : seed.AccessTokenExpiresAt,
            RefreshTokenExpiresAt = null,
            By = stamp.By,
            Took = stamp.Took,
            NeedsAccessToken = seed.AccessToken is null,
            AccessToken = seed.AccessToken ?? record.AccessToken,
            RefreshToken = seed.RefreshToken,
        };

    /// <summary>The first record of a credential that no store knows.</summary>
    public static CredentialRecord Seeded(string credential, Seed seed, string family, string binding, FingerprintKey fingerprints, RotationStamp stamp) =>
        new()
        {
            Credential = credential,
            Family = family,
            Generation = 0,
            Id = stamp.Id,
            Binding = binding,
            AdoptedSeeds = [fingerprints.Of(seed.RefreshToken)],
            IssuedAt = stamp.At,
            AccessTokenExpiresAt = seed.AccessToken is null ? stamp.At : seed.AccessTokenExpiresAt,
            By = stamp.By,
            Took = stamp.Took,
            NeedsAccessToken = seed.AccessToken is null,
            AccessToken = seed.AccessToken,
            RefreshToken = seed.RefreshToken,
            Fingerprints = fingerprints,
        };
}

/// <summary>Who made a generation, when, and how long it took.</summary>
internal sealed record RotationStamp(string Id, DateTimeOffset At, string By, TimeSpan Took);

/// <summary>What an operator hands over to begin a family.</summary>
internal sealed record Seed(Secret RefreshToken, Secret? AccessToken, DateTimeOffset AccessTokenExpiresAt);
