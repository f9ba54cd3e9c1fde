using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Records;

/// <summary>
/// Between a record and what a store keeps: <c>version, header length, header (JSON), encrypted secrets</c>. The first three are the
/// associated data of the last, so that credential, family, generation and every other word of the header are authenticated.
/// </summary>
internal sealed class RecordCodec(KeyRing keys, RandomSource random)
{
    private const byte Version = 1;
    private const int PrefixSize = 1 + sizeof(int);

    /// <summary>Seals a record under the current key and a fresh revision.</summary>
    public StoredRecord Encode(CredentialRecord record)
    {
        var revision = random.NextId();
        var keyId = keys.CurrentKeyId;
        var header = JsonSerializer.SerializeToUtf8Bytes(HeaderOf(record, revision, keyId), RecordJson.Default.RecordHeader);
        var secrets = new RecordSecrets
        {
            Access = record.AccessToken?.Reveal(),
            Refresh = record.RefreshToken.Reveal(),
            Fingerprints = record.Fingerprints.Reveal(),
            Spares = record.Spares.Count == 0 ? null : [.. record.Spares.Select(SpareSecrets.Of)],
        };
        var plaintext = JsonSerializer.SerializeToUtf8Bytes(secrets, RecordJson.Default.RecordSecrets);

        var associated = new byte[PrefixSize + header.Length];
        associated[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(associated.AsSpan(1), header.Length);
        header.CopyTo(associated, PrefixSize);

        var document = (byte[])[.. associated, .. keys.Encrypt(keyId, plaintext, associated)];
        CryptographicOperations.ZeroMemory(plaintext);
        return new StoredRecord(revision, document);
    }

    /// <summary>Opens what a store gave for <paramref name="credential"/>.</summary>
    /// <exception cref="UnreadableRecordException">It is damaged, belongs elsewhere, or is sealed under an unknown key. It is then anything but absent.</exception>
    public CredentialRecord Decode(string credential, StoredRecord stored)
    {
        RecordHeader? header = null;
        try
        {
            var document = stored.Document.Span;
            var headerEnd = PrefixSize + BinaryPrimitives.ReadInt32LittleEndian(document[1..]);
            header = document[0] == Version
                ? JsonSerializer.Deserialize(document[PrefixSize..headerEnd], RecordJson.Default.RecordHeader)
                : throw new UnreadableRecordException($"it has format {document[0]}, and this version reads {Version}") { IsForeign = true };
            if (header is null || header.Credential != credential || header.Revision != stored.Revision)
            {
                throw new UnreadableRecordException("it belongs to another credential or revision") { Claim = header };
            }

            if (!keys.Knows(header.Key))
            {
                throw new UnreadableRecordException($"it is encrypted under key {header.Key}, which is not among TokenGateway:Encryption:Keys")
                {
                    IsForeign = true,
                    Claim = header,
                };
            }

            var plaintext = keys.Decrypt(header.Key, document[headerEnd..], document[..headerEnd]);
            var secrets = JsonSerializer.Deserialize(plaintext, RecordJson.Default.RecordSecrets)!;
            CryptographicOperations.ZeroMemory(plaintext);
            return RecordOf(header, secrets);
        }
        catch (Exception error) when (error is CryptographicException or JsonException or ArgumentException or IndexOutOfRangeException)
        {
            throw new UnreadableRecordException("it is damaged") { Claim = header };
        }
    }

    private static RecordHeader HeaderOf(CredentialRecord record, string revision, string keyId) => new()
    {
        Key = keyId,
        Credential = record.Credential,
        Family = record.Family,
        Generation = record.Generation,
        Id = record.Id,
        Revision = revision,
        Ancestors = record.Ancestors,
        Step = record.Step,
        Binding = record.Binding,
        AnsweredBinding = record.AnsweredBinding,
        Phase = record.Phase,
        Attempts = record.Attempts,
        Rejection = record.Rejection,
        RejectionMayPass = record.RejectionMayPass,
        AdoptedSeeds = record.AdoptedSeeds,
        RefusedSeed = record.RefusedSeed,
        OvertakenSeed = record.OvertakenSeed,
        SpentTokens = record.SpentTokens,
        IssuedAt = record.IssuedAt,
        IntentAt = record.IntentAt,
        FilledAt = record.FilledAt,
        AccessTokenExpiresAt = record.AccessTokenExpiresAt,
        RefreshTokenExpiresAt = record.RefreshTokenExpiresAt,
        By = record.By,
        Took = record.Took,
        NeedsAccessToken = record.NeedsAccessToken,
        TokenlessResponses = record.TokenlessResponses,
        ForeignTokenType = record.ForeignTokenType,
    };

    // Arrays, since what was read is a list each, with room to grow.
    private static CredentialRecord RecordOf(RecordHeader header, RecordSecrets secrets) => new()
    {
        Credential = header.Credential,
        Family = header.Family,
        Generation = header.Generation,
        Id = header.Id,
        Ancestors = header.Ancestors.ToArray(),
        Step = header.Step,
        Binding = header.Binding,
        AnsweredBinding = header.AnsweredBinding,
        Attempts = header.Attempts.ToArray(),
        Rejection = header.Rejection,
        RejectionMayPass = header.RejectionMayPass,
        AdoptedSeeds = header.AdoptedSeeds.ToArray(),
        RefusedSeed = header.RefusedSeed,
        OvertakenSeed = header.OvertakenSeed,
        SpentTokens = header.SpentTokens.ToArray(),
        IssuedAt = header.IssuedAt,
        IntentAt = header.IntentAt,
        FilledAt = header.FilledAt,
        AccessTokenExpiresAt = header.AccessTokenExpiresAt,
        RefreshTokenExpiresAt = header.RefreshTokenExpiresAt,
        By = header.By,
        Took = header.Took,
        NeedsAccessToken = header.NeedsAccessToken,
        TokenlessResponses = header.TokenlessResponses,
        ForeignTokenType = header.ForeignTokenType,
        AccessToken = Secret.From(secrets.Access),
        RefreshToken = new Secret(secrets.Refresh),
        Fingerprints = new FingerprintKey(secrets.Fingerprints),
        Spares = (secrets.Spares ?? []).Select(spare => spare.ToPair()).ToArray(),
    };
}
