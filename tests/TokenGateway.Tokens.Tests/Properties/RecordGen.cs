using CsCheck;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>Records with anything in them that a field can hold.</summary>
internal static class RecordGen
{
    private static readonly Gen<string> Id = Gen.Char["0123456789abcdef"].Array[8, 32].Select(id => new string(id));

    private static readonly Gen<string> Name = Gen.String["abc-_.\"\\/<é漢\n\u0001"].Where(name => name.Length > 0);

    private static readonly Gen<Secret> Token = Gen.Char[' ', '~'].Array[1, 60].Select(token => new Secret(new string(token)));

    private static readonly Gen<DateTimeOffset> Moment = Gen.Long[0, 4_102_444_800_000_0000].Select(ticks => DateTimeOffset.UnixEpoch.AddTicks(ticks));

    private static readonly Gen<IReadOnlyList<string>> Ids = Id.List[0, 6].Select(ids => (IReadOnlyList<string>)ids);

    private static readonly Gen<IReadOnlyList<Attempt>> Attempts =
        Gen.Select(Id, Name, Moment, Moment, Gen.Bool, (id, owner, from, by, doubtful) => new Attempt(id, owner, from, by, doubtful))
            .List[0, 4].Select(attempts => (IReadOnlyList<Attempt>)attempts);

    private static readonly Gen<IReadOnlyList<SparePair>> Spares =
        (from kind in Gen.Enum<SpareKind>()
         from family in Id
         from generation in Gen.Long[0, long.MaxValue]
         from attempts in Attempts
         from at in Moment
         from access in Gen.Null(Token)
         from refresh in Token
         select new SparePair
         {
             Kind = kind,
             Family = family,
             Generation = generation,
             Binding = "binding_" + family,
             Attempts = attempts,
             IssuedAt = at,
             IntentAt = at.AddSeconds(-1),
             AccessTokenExpiresAt = at.AddHours(1),
             RefreshTokenExpiresAt = at.AddDays(1),
             NeedsAccessToken = access is null,
             AccessToken = access,
             RefreshToken = refresh,
         }).List[0, 2].Select(spares => (IReadOnlyList<SparePair>)spares);

    public static readonly Gen<CredentialRecord> Any =
        from credential in Name
        from family in Id
        from id in Id
        from generation in Gen.Long[0, long.MaxValue]
        from step in Gen.Long[0, 1_000_000]
        from ancestors in Ids
        from attempts in Attempts
        from rejection in Gen.Null(Name)
        from adopted in Ids
        from spent in Ids
        from issuedAt in Moment
        from intentAt in Moment
        from filledAt in Moment
        from expiresAt in Moment
        from refreshExpiresAt in Gen.Nullable(Moment)
        from took in Gen.Int[0, 100_000]
        from needs in Gen.Bool
        from access in Gen.Null(Token)
        from refresh in Token
        from key in Gen.Byte.Array[32]
        from refused in Gen.Null(Id)
        from overtaken in Gen.Null(Id)
        from spares in Spares
        select new CredentialRecord
        {
            Credential = credential,
            Family = family,
            Generation = generation,
            Id = id,
            Ancestors = ancestors,
            Step = step,
            RefusedSeed = refused,
            OvertakenSeed = overtaken,
            Spares = spares,
            IntentAt = intentAt,
            FilledAt = filledAt,
            Binding = "binding_" + family,
            Attempts = attempts,
            Rejection = rejection,
            AdoptedSeeds = adopted,
            SpentTokens = spent,
            IssuedAt = issuedAt,
            AccessTokenExpiresAt = expiresAt,
            RefreshTokenExpiresAt = refreshExpiresAt,
            By = "replica_" + id,
            Took = TimeSpan.FromMilliseconds(took),
            NeedsAccessToken = needs,
            AccessToken = access,
            RefreshToken = refresh,
            Fingerprints = new FingerprintKey(key),
        };

    /// <summary>Every field, lists by their contents. A field that is added later is compared as well, or fails here.</summary>
    public static void AssertSame(CredentialRecord expected, CredentialRecord actual)
    {
        Assert.Equal(expected.Ancestors, actual.Ancestors);
        Assert.Equal(expected.Attempts, actual.Attempts);
        Assert.Equal(expected.AdoptedSeeds, actual.AdoptedSeeds);
        Assert.Equal(expected.SpentTokens, actual.SpentTokens);
        Assert.Equal(expected.Fingerprints.Reveal(), actual.Fingerprints.Reveal());
        Assert.Equal(expected.Spares.Select(Flat), actual.Spares.Select(Flat));
        Assert.Equal(expected, actual with
        {
            Spares = expected.Spares,
            Ancestors = expected.Ancestors,
            Attempts = expected.Attempts,
            AdoptedSeeds = expected.AdoptedSeeds,
            SpentTokens = expected.SpentTokens,
            Fingerprints = expected.Fingerprints,
        });
    }

    private static object Flat(SparePair spare) => (
        (spare.Kind, spare.Family, spare.Generation, spare.Binding, string.Join(',', spare.Attempts), spare.IssuedAt),
        (spare.IntentAt, spare.AccessTokenExpiresAt, spare.RefreshTokenExpiresAt, spare.NeedsAccessToken, spare.AccessToken, spare.RefreshToken));
}
