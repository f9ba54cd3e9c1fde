using TokenGateway.Tokens.Configuration;
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
            AnsweredBinding = record.Binding,
            Step = 0,
            Attempts = [],
            Rejection = null,
            SpentTokens = renewed ? record.Spend() : record.SpentTokens,

            // What a seed replaced is needed no more once the seed has had an answer; what this family has outgrown is spent.
            Spares = [.. record.Spares.Where(spare => spare.Kind != SpareKind.Previous && (spare.Family != record.Family || spare.Generation > record.Generation + 1))],
            IssuedAt = stamp.At,
            IntentAt = stamp.IntentAt,
            AccessTokenExpiresAt = grant.AccessToken is null ? record.AccessTokenExpiresAt : grant.AccessTokenExpiresAt,
            RefreshTokenExpiresAt = grant.RefreshTokenExpiresAt ?? (renewed ? null : record.RefreshTokenExpiresAt),
            By = stamp.By,
            Took = stamp.Took,
            NeedsAccessToken = grant.AccessToken is null,
            TokenlessResponses = grant.AccessToken is null ? record.TokenlessResponses + 1 : 0,
            ForeignTokenType = grant.AccessToken is null ? record.ForeignTokenType : grant.ForeignTokenType,
            AccessToken = grant.AccessToken ?? record.AccessToken,
            RefreshToken = grant.RefreshToken ?? record.RefreshToken,
        };
    }

    /// <summary>
    /// A new family, started by an operator's seed. It descends from what it replaces, so that every replica takes it over; the access token in
    /// use stays in use until the seed's first answer, unless the seed brought its own. The pair that it replaces is laid aside until then.
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
            RefusedSeed = null,
            OvertakenSeed = null,
            SpentTokens = record.NeverSent ? record.SpentTokens : record.Spend(), // One that was put here by mistake may still be another credential's seed.
            Spares = record.LayAside(),
            IssuedAt = seed.AccessToken is null ? record.IssuedAt : stamp.At,
            AccessTokenExpiresAt = seed.AccessToken is null ? record.AccessTokenExpiresAt : seed.AccessTokenExpiresAt,
            RefreshTokenExpiresAt = null,
            By = stamp.By,
            Took = stamp.Took,
            NeedsAccessToken = seed.AccessToken is null,
            TokenlessResponses = 0,
            ForeignTokenType = seed.AccessToken is null ? record.ForeignTokenType : null,
            AccessToken = seed.AccessToken ?? record.AccessToken,
            RefreshToken = seed.RefreshToken,
        };

    /// <summary>
    /// The same refresh token for another token endpoint or client: it was never exchanged, or a person says that it belongs there. What the earlier ones said of it no longer counts.
    /// A request that may still get its response does, and so does one whose owner has fallen silent.
    /// </summary>
    public static CredentialRecord BoundTo(this CredentialRecord record, string binding, string family, RotationStamp stamp) => record with
    {
        Family = family,
        Generation = 0,
        Id = stamp.Id,
        Ancestors = record.Lineage(),
        Binding = binding,
        Step = 0,
        Attempts = [.. record.Attempts.Where(attempt => !attempt.Doubtful)],
        Rejection = null,
        By = stamp.By,
        Took = stamp.Took,
        NeedsAccessToken = record.NeedsAccessToken || record.Generation > 0,
    };

    /// <summary>A new family from a seed that an operator handed over while running. The configured one stays where it is, and is old from now on.</summary>
    public static CredentialRecord ReseededOverConfiguration(this CredentialRecord record, Secret refreshToken, string family, string binding, RotationStamp stamp) =>
        record.Reseeded(new Seed(refreshToken, null, default), family, binding, stamp) with
        {
            OvertakenSeed = record.OvertakenSeed ?? (record.AdoptedSeeds is [var last, ..] ? last : null),
        };

    /// <summary>A new family from what a person handed over, whether or not a store knows the credential.</summary>
    public static CredentialRecord SeededBy(CredentialRecord? current, CredentialSettings settings, Secret handedOver, RandomSource random, RotationStamp stamp)
    {
        var (family, binding) = (random.NextId(), Binding.Of(settings));
        return current is null
            ? Seeded(settings.Name, new Seed(handedOver, null, default), family, binding, FingerprintKey.Create(random), stamp)
            : current.ReseededOverConfiguration(handedOver, family, binding, stamp);
    }

    /// <summary>A new family from the operator's standby, in place of one that is dead or in doubt.</summary>
    public static CredentialRecord ReseededByStandby(this CredentialRecord record, Secret standby, string family, string binding, RotationStamp stamp)
    {
        var alternates = record.Spares.Where(spare => spare.Kind == SpareKind.Alternate);
        var reseeded = record.Reseeded(new Seed(standby, null, default), family, binding, stamp) with { Spares = [.. alternates] };
        return record.Rejection is null ? reseeded.KeepingInDoubt(record) : reseeded;
    }

    /// <summary>A spare pair comes into use, with the doubts that it had. What is known to be dead or spent is never sent again.</summary>
    public static CredentialRecord FallenBackTo(this CredentialRecord record, SparePair spare, RotationStamp stamp)
    {
        // An access token that has run out is no reason to stop serving the one in use.
        var servesOn = spare.AccessTokenExpiresAt <= stamp.At && record.AccessTokenExpiresAt > spare.AccessTokenExpiresAt;
        var next = record with
        {
            Family = spare.Family,
            Generation = spare.Generation,
            Id = stamp.Id,
            Ancestors = record.Lineage(),
            Binding = spare.Binding,
            Step = 0,
            Attempts = spare.Attempts,
            Rejection = null,
            RefusedSeed = record is { Generation: 0, Rejection: not null } ? record.Fingerprints.Of(record.RefreshToken) : record.RefusedSeed,
            SpentTokens = record.Spend(),
            Spares = [.. record.Spares.Where(other => !other.Equals(spare))],
            IssuedAt = servesOn ? record.IssuedAt : spare.IssuedAt,
            IntentAt = spare.IntentAt,
            AccessTokenExpiresAt = servesOn ? record.AccessTokenExpiresAt : spare.AccessTokenExpiresAt,
            RefreshTokenExpiresAt = spare.RefreshTokenExpiresAt,
            By = stamp.By,
            Took = stamp.Took,
            NeedsAccessToken = servesOn || spare.NeedsAccessToken,
            TokenlessResponses = 0,
            ForeignTokenType = servesOn ? record.ForeignTokenType : null,
            AccessToken = servesOn ? record.AccessToken : spare.AccessToken,
            RefreshToken = spare.RefreshToken,
        };
        return record.Rejection is null && !spare.Supersedes(record) ? next.KeepingInDoubt(record) : next;
    }

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

    /// <summary>This record, put into a store that had forgotten it.</summary>
    public static CredentialRecord Filling(this CredentialRecord record, DateTimeOffset storeTime) =>
        record with { Step = record.Step + 1, FilledAt = storeTime };

    /// <summary>This record in the place of a spent seed that somebody adopted meanwhile: it comes after that one, so that whoever holds the seed takes this over.</summary>
    public static CredentialRecord Refuting(this CredentialRecord record, CredentialRecord spent) => record with
    {
        Step = record.Step + 1,
        Ancestors = [.. record.Ancestors.Take(CredentialRecord.MaxAncestors - 1), spent.Id],
    };

    /// <summary>
    /// A seed that somebody adopted who knew nothing of <paramref name="forgotten"/>, which the store had lost: from now on it is what it would have been otherwise,
    /// a reseed of that record, and knows all that was ever spent.
    /// </summary>
    public static CredentialRecord After(this CredentialRecord seeded, CredentialRecord forgotten) => seeded with
    {
        Ancestors = forgotten.Lineage(),
        Step = seeded.Step + 1,
        AdoptedSeeds = [forgotten.Fingerprints.Of(seeded.RefreshToken), .. forgotten.AdoptedSeeds.Take(CredentialRecord.MaxSpent - 1)],
        SpentTokens = forgotten.Spend(),
        Spares = forgotten.LayAside(),
        Fingerprints = forgotten.Fingerprints,
    };

    /// <summary>
    /// This record, written over <paramref name="stored"/>, which it descends from: with what only the store knew of spares, of doubts about a pair that was laid
    /// aside here, and of requests that were made after ours with the refresh token that ours has spent.
    /// </summary>
    public static CredentialRecord Joining(this CredentialRecord record, CredentialRecord stored)
    {
        var missing = stored.Spares.Where(spare => spare.Kind == SpareKind.Alternate && spare.IsNewsTo(record)).ToList();
        var doubted = record.Spares.FirstOrDefault(spare => spare.RefreshToken.Equals(stored.RefreshToken) && stored.Attempts.Except(spare.Attempts).Any());
        var later = LaterThan(record, stored);
        var filledAt = stored.FilledAt > record.FilledAt ? stored.FilledAt : record.FilledAt;
        return missing.Count == 0 && doubted is null && later.Count == 0 && filledAt == record.FilledAt ? record : record with
        {
            Step = record.Step + 1,
            FilledAt = filledAt,
            Attempts = [.. record.Attempts, .. later],
            Spares = [.. record.Spares.Select(spare => spare != doubted ? spare : spare with { Attempts = [.. spare.Attempts.Union(stored.Attempts)] }), .. missing.Take(CredentialRecord.MaxSpares - record.Spares.Count)],
        };
    }

    /// <summary>
    /// True when the record neither uses nor has used this pair, nor keeps it. Of its own family only what came after it is of use: anything else is spent, or was
    /// made void by a later answer.
    /// </summary>
    public static bool IsNewsTo(this SparePair pair, CredentialRecord record) =>
        (pair.Family != record.Family || pair.Supersedes(record))
        && !pair.RefreshToken.Equals(record.RefreshToken)
        && !record.Spares.Any(spare => spare.RefreshToken.Equals(pair.RefreshToken))
        && !record.HasUsed(pair.RefreshToken);

    /// <summary>A token in doubt may still be good: it is laid aside with its doubt, in case that what takes its place is dead.</summary>
    private static CredentialRecord KeepingInDoubt(this CredentialRecord next, CredentialRecord doubtful) => next with
    {
        SpentTokens = doubtful.SpentTokens,
        Spares = [SparePair.Of(doubtful, SpareKind.Alternate), .. next.Spares.Take(CredentialRecord.MaxSpares - 1)],
    };

    private static List<Attempt> LaterThan(CredentialRecord record, CredentialRecord parent) =>
        record.Ancestors is [var first, ..] && first == parent.Id && record.Family == parent.Family
            ? [.. parent.Attempts.Where(attempt => attempt.StartedAt > record.IntentAt).Select(attempt => attempt with { OnParent = true }).Except(record.Attempts)]
            : [];

    private static IReadOnlyList<string> Spend(this CredentialRecord record) =>
        [record.Fingerprints.Of(record.RefreshToken), .. record.SpentTokens.Take(CredentialRecord.MaxSpent - 1)];

    /// <summary>The spares once this record is replaced by a seed. A seed that has proven nothing is not worth coming back to: what it replaced stays.</summary>
    private static IReadOnlyList<SparePair> LayAside(this CredentialRecord record)
    {
        var isUnproven = record.Generation == 0 && record.Spares.Any(spare => spare.Kind == SpareKind.Previous);
        if (isUnproven || record.Rejection is not null)
        {
            return record.Spares;
        }

        return [SparePair.Of(record, SpareKind.Previous), .. record.Spares.Where(spare => spare.Kind != SpareKind.Previous).Take(CredentialRecord.MaxSpares - 1)];
    }
}

/// <summary>Who made a generation, when, and how long it took; and when, in the store's time, the intent was declared.</summary>
internal sealed record RotationStamp(string Id, DateTimeOffset At, string By, TimeSpan Took, DateTimeOffset IntentAt = default);

/// <summary>What an operator hands over to begin a family.</summary>
internal sealed record Seed(Secret RefreshToken, Secret? AccessToken, DateTimeOffset AccessTokenExpiresAt);
