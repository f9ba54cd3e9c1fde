using System.Text.Json.Serialization;

namespace TokenGateway.Tokens.Records;

/// <summary>
/// The readable part of a stored record: an operator may look at it, anyone may copy it, nobody can change it unnoticed,
/// since it is the associated data of the encrypted part.
/// </summary>
internal sealed record RecordHeader
{
    public required string Key { get; init; }
    public required string Credential { get; init; }
    public required string Family { get; init; }
    public required long Generation { get; init; }
    public required string Id { get; init; }
    public required string Revision { get; init; }
    public required IReadOnlyList<string> Ancestors { get; init; }
    public long Step { get; init; }
    public required string Binding { get; init; }
    public string? AnsweredBinding { get; init; }
    public required RecordPhase Phase { get; init; }
    public required IReadOnlyList<Attempt> Attempts { get; init; }
    public string? Rejection { get; init; }
    public bool RejectionMayPass { get; init; }
    public required IReadOnlyList<string> AdoptedSeeds { get; init; }
    public string? RefusedSeed { get; init; }
    public string? OvertakenSeed { get; init; }
    public required IReadOnlyList<string> SpentTokens { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }
    public DateTimeOffset IntentAt { get; init; }
    public DateTimeOffset FilledAt { get; init; }
    public required DateTimeOffset AccessTokenExpiresAt { get; init; }
    public DateTimeOffset? RefreshTokenExpiresAt { get; init; }
    public required string By { get; init; }
    public required TimeSpan Took { get; init; }
    public bool NeedsAccessToken { get; init; }
    public int TokenlessResponses { get; init; }
    public string? ForeignTokenType { get; init; }
}

/// <summary>The encrypted part. No record: one would print its tokens.</summary>
internal sealed class RecordSecrets
{
    public string? Access { get; init; }
    public required string Refresh { get; init; }
    public required byte[] Fingerprints { get; init; }

    /// <summary>Null where there are none, as in every record of a version that knew no spares.</summary>
    public IReadOnlyList<SpareSecrets>? Spares { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(RecordHeader))]
[JsonSerializable(typeof(RecordSecrets))]
[JsonSerializable(typeof(RotationReport))]
internal sealed partial class RecordJson : JsonSerializerContext;
