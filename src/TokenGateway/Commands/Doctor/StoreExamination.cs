using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Journal;

namespace TokenGateway.Commands.Doctor;

/// <summary>The store and the encryption key: reachable, writable and durable; and what the store knows of the credentials.</summary>
internal sealed class StoreExamination : IAsyncDisposable
{
    private const string Subject = "store";

    private static readonly TimeSpan ProbeLifetime = TimeSpan.FromMinutes(1);

    private readonly TokenStorage? _storage;
    private readonly RecordCodec? _codec;

    private StoreExamination(IReadOnlyList<Finding> findings, TokenStorage? storage, RecordCodec? codec) => (Findings, _storage, _codec) = (findings, storage, codec);

    public IReadOnlyList<Finding> Findings { get; }

    public static async Task<Finding> JournalAsync(StoreSettings settings)
    {
        try
        {
            await new JournalFolder(settings.JournalPath).OpenAsync();
            return Finding.Good("journal", $"{settings.JournalPath} can be written");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Finding.Failure("journal", $"TokenGateway:Store:JournalPath cannot be written, and without it no gateway starts: {error.Message}");
        }
    }

    public static async Task<StoreExamination> OpenAsync(TokenGatewaySettings settings, CancellationToken cancelled)
    {
        var findings = new List<Finding>();
        var codec = Codec(settings, findings);
        if (settings.Store.Kind == StoreKind.Redis)
        {
            findings.AddRange(await RedisServers.ExamineAsync(settings.Store, cancelled));
        }

        var storage = TokenStores.Create(settings.Store, TimeProvider.System, RandomSource.System, NullLoggerFactory.Instance);
        try
        {
            await storage.Store.StartAsync(cancelled);
            await ProbeAsync(storage.Cache, cancelled);
            findings.Add(Finding.Good(Subject, settings.Store.Kind == StoreKind.Redis
                ? "can be read and written"
                : $"{settings.Store.Path} can be read and written, and every write is flushed to the disk"));
            return new StoreExamination(findings, storage, codec);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            findings.Add(Finding.Failure(Subject, $"cannot be used (TokenGateway:Store): {error.Message}"));
            await storage.Store.DisposeAsync();
            return new StoreExamination(findings, null, null);
        }
    }

    /// <summary>Whether the credential can begin or go on. Nothing is sent.</summary>
    public async Task<Finding> SeedAsync(CredentialSettings credential, CancellationToken cancelled)
    {
        var subject = $"{credential.Name}: seed";
        if (_storage is null || _codec is null)
        {
            return Finding.Warning(subject, "not looked at, since the store or its key cannot be used");
        }

        try
        {
            var stored = (await _storage.Store.ReadAsync(credential.Name, cancelled)).Record;
            return SeedJudgement.Of(subject, credential, stored is null ? null : _codec.Decode(credential.Name, stored));
        }
        catch (UnreadableRecordException error)
        {
            return Finding.Failure(subject, $"{error.Message}: bring back the key that it was encrypted with (TokenGateway:Encryption)");
        }
        catch (Exception error) when (error is StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            return Finding.Failure(subject, error.Message);
        }
    }

    public ValueTask DisposeAsync() => _storage?.Store.DisposeAsync() ?? ValueTask.CompletedTask;

    private static RecordCodec? Codec(TokenGatewaySettings settings, List<Finding> findings)
    {
        try
        {
            var keys = EncryptionKeys.Load(settings, RandomSource.System);
            findings.Add(Finding.Good("encryption", $"key {keys.CurrentKeyId} encrypts{(settings.Encryption.Keys.Count == 0 ? ", from the store's own key file" : "")}"));
            return new RecordCodec(keys, RandomSource.System);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
        {
            findings.Add(Finding.Failure("encryption", error.Message));
            return null;
        }
    }

    /// <summary>An entry of the cache, which vanishes by itself: nothing that belongs to a credential is touched.</summary>
    private static async Task ProbeAsync(IDistributedCache cache, CancellationToken cancelled)
    {
        var key = $"doctor:{RandomSource.System.NextId()}";
        byte[] written = [1, 2, 3];
        await cache.SetAsync(key, written, new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = ProbeLifetime }, cancelled);
        var read = await cache.GetAsync(key, cancelled);
        if (read is null || !read.AsSpan().SequenceEqual(written))
        {
            throw new IOException("what was written could not be read again");
        }
    }
}
