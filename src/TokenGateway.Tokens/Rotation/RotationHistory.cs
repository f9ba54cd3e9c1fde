using System.Text.Json;
using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>The fleet's last rotations, for people. It is no part of the protocol: an entry that cannot be written is let go.</summary>
internal sealed partial class RotationHistory(string credential, EngineContext engine)
{
    private readonly ILogger _logger = engine.LoggerOf<RotationHistory>();

    /// <summary>What a record tells of how it was made.</summary>
    public static RotationReport EntryOf(CredentialRecord record) => new(record.IssuedAt, record.By, RotationOutcome.Rotated, record.Took, null, record.Generation);

    public async Task AppendAsync(RotationReport report)
    {
        try
        {
            var entry = JsonSerializer.SerializeToUtf8Bytes(report, RecordJson.Default.RotationReport);
            await engine.Store.AppendHistoryAsync(credential, entry, CancellationToken.None);
        }
        catch (StoreUnavailableException error)
        {
            RotationHistoryLog.NotWritten(_logger, credential, error.Message);
        }
    }

    /// <summary>Newest first. Entries of another version that cannot be read are left out.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public async Task<IReadOnlyList<RotationReport>> ReadAsync(CancellationToken cancellationToken)
    {
        var reports = new List<RotationReport>();
        foreach (var entry in await engine.Store.ReadHistoryAsync(credential, cancellationToken))
        {
            if (TryParse(entry.Span) is { } report)
            {
                reports.Add(report);
            }
        }

        return reports;
    }

    private static RotationReport? TryParse(ReadOnlySpan<byte> entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry, RecordJson.Default.RotationReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static partial class RotationHistoryLog
    {
        [LoggerMessage(EventIds.HistoryNotWritten, LogLevel.Information, "An entry of the rotation history of credential {Credential} was not written. {Reason}")]
        public static partial void NotWritten(ILogger logger, string credential, string reason);
    }
}
