using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Journal;
using Log = TokenGateway.Tokens.Storage.Journal.Journal;

namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>Journals, answers and records to start from, and a way to compare them.</summary>
internal static class JournalSamples
{
    public static readonly byte[] KeyA = [.. Enumerable.Repeat((byte)1, KeyRing.KeySize)];
    public static readonly byte[] KeyB = [.. Enumerable.Repeat((byte)2, KeyRing.KeySize)];

    public static KeyRing Keys(params byte[][] keys) => new(keys.Length == 0 ? [KeyA] : keys, RandomSource.System);

    public static async Task<Log> OpenAsync(IJournalDisk disk, KeyRing? keys = null, ILogger? logger = null)
    {
        var journal = new Log(disk, keys ?? Keys(), RandomSource.System, logger ?? NullLogger.Instance);
        await journal.OpenAsync();
        return journal;
    }

    public static StoredRecord Record(int number, int size = 1000) => new($"revision_{number}", Filled(number, size));

    public static JournaledAnswer Answer(int number, string credential = "plum", int size = 300) => new(
        credential, Record(number), $"attempt_{number}", $"next_{number}", "replica_1", TimeSpan.FromMilliseconds(number), new RawAnswer
        {
            Status = 200,
            ContentType = number % 2 == 0 ? "application/json; charset=utf-8" : null,
            ContentEncoding = number % 3 == 0 ? "gzip" : null,
            Body = Filled(number, size),
            Complete = number % 2 == 0,
            EndsWithConnection = number % 4 == 0,
            RetryAfter = number % 3 == 0 ? TimeSpan.FromSeconds(number) : null,
            RequestedAt = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero).AddMilliseconds(number),
        });

    /// <summary>Reserves and keeps, as a rotation does.</summary>
    public static async Task KeepAsync(this Log journal, JournaledAnswer answer)
    {
        using var reservation = await journal.ReserveAsync(AnswerBody.Limit + answer.InFlight.Document.Length);
        await reservation.KeepAsync(answer);
    }

    public static Task SettleAsync(this Log journal, string credential, StoredRecord newest) => journal.SettleAsync(credential, newest, []);

    public static string Text(JournalFindings findings) =>
        string.Join('\n', findings.Records.Select(Text).Concat(findings.Answers.Select(Text)));

    public static string Text(JournalEntry entry) => entry switch
    {
        AnswerKept(var answer) => Text(answer),
        RecordKept(var credential, var record) => $"record of {credential}: {Text(record)}",
        CredentialSettled(var credential, var record, _) => $"{credential} settled: {Text(record)}",
        _ => throw new ArgumentException("Unknown entry.", nameof(entry)),
    };

    public static string Text(StoredRecord record) => $"{record.Revision} {Convert.ToHexString(record.Document.Span)}";

    public static string Text(JournaledAnswer answer) =>
        $"answer of {answer.Credential}: {Text(answer.InFlight)} {answer.AttemptId} {answer.NextId} {answer.By} {answer.Took} {answer.Answer.Status}"
        + $" {answer.Answer.ContentType} {answer.Answer.ContentEncoding} {answer.Answer.Complete} {answer.Answer.EndsWithConnection} {answer.Answer.RetryAfter} {answer.Answer.RequestedAt:O} {Convert.ToHexString(answer.Answer.Body.Span)}";

    private static byte[] Filled(int number, int size)
    {
        var bytes = new byte[size];
        new Random(number).NextBytes(bytes);
        return bytes;
    }
}
