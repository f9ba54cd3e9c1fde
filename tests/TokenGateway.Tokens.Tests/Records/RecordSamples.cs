using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Tests.Records;

/// <summary>Records to start from.</summary>
internal static class RecordSamples
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static CredentialRecord Ready(string id = "id_1") => new()
    {
        Credential = "plum",
        Family = "family_1",
        Generation = 1,
        Id = id,
        Binding = "binding_1",
        IssuedAt = Noon,
        AccessTokenExpiresAt = Noon.AddHours(1),
        By = "replica_1",
        AccessToken = new Secret("access_token_1"),
        RefreshToken = new Secret("refresh_token_1"),
        Fingerprints = new FingerprintKey(new byte[32]),
    };

    public static CredentialRecord Child(this CredentialRecord parent, string id) => parent with
    {
        Id = id,
        Generation = parent.Generation + 1,
        Ancestors = parent.Lineage(),
    };

    public static Attempt Attempt(string id = "attempt_1", bool doubtful = false) =>
        new(id, "replica_1", Noon, Noon.AddSeconds(29), doubtful);
}
