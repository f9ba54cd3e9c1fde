using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Commands.Doctor;

/// <summary>The store and the encryption key: reachable, writable and durable; and what the store knows of the credentials.</summary>
internal sealed class StoreExamination : IAsyncDisposable
{
    private const string Subject = "store";

    private static readonly TimeSpan ProbeLifetime = TimeSpan.FromSeconds(10);

    private readonly TokenStorage? _storage;
    private readonly RecordCodec? _codec;

    private StoreExamination(IReadOnlyList<Finding> findings, TokenStorage? storage, RecordCodec? codec) => (Findings, _storage, _codec) = (findings, storage, codec);

    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>True where there is no store yet: the gateway makes one, this does not.</summary>
    private bool IsToBeMade { get; init; }

    public static Finding Journal(StoreSettings settings)
    {
        try
        {
            FolderProbe.Check(settings.JournalPath);
            return Finding.Good("journal", $"{settings.JournalPath} {(Directory.Exists(settings.JournalPath) ? "can be written" : "does not exist yet, and can be made")}");
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

        if (settings.Store.Kind == StoreKind.Embedded && !File.Exists(settings.Store.Path))
        {
            findings.Add(ToBeMade(settings.Store));
            return new StoreExamination(findings, null, null) { IsToBeMade = true };
        }

        var storage = TokenStores.Create(settings.Store, TimeProvider.System, RandomSource.System, NullLoggerFactory.Instance);
        try
        {
            await storage.Store.StartAsync(cancelled);
            await ProbeAsync(storage.Cache, settings.Store.Kind, cancelled);
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
        if (!IsToBeMade && (_storage is null || _codec is null))
        {
            return Finding.Warning(subject, "not looked at, since the store or its key cannot be used");
        }

        try
        {
            if (_storage is null || _codec is null)
            {
                return SeedJudgement.Of(subject, credential, record: null);
            }

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

    private static Finding ToBeMade(StoreSettings settings)
    {
        try
        {
            FolderProbe.Check(Path.GetDirectoryName(Path.GetFullPath(settings.Path))!);
            return Finding.Good(Subject, $"{settings.Path} does not exist yet, and can be made");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Finding.Failure(Subject, $"cannot be made (TokenGateway:Store:Path): {error.Message}");
        }
    }

    private static RecordCodec? Codec(TokenGatewaySettings settings, List<Finding> findings)
    {
        var keyFile = settings.Store.Path + ".key";
        if (settings.Encryption.Keys.Count == 0 && !File.Exists(keyFile))
        {
            findings.Add(File.Exists(settings.Store.Path)
                ? Finding.Failure("encryption", $"{keyFile} is missing, and without it what {settings.Store.Path} holds cannot be read: bring it back")
                : Finding.Good("encryption", "the store makes a key file of its own at the first start"));
            return null;
        }

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

    /// <summary>An entry of the cache, which is taken out again or vanishes by itself: nothing that belongs to a credential is touched.</summary>
    private static async Task ProbeAsync(IDistributedCache cache, StoreKind kind, CancellationToken cancelled)
    {
        var key = $"doctor:{RandomSource.System.NextId()}";
        byte[] written = [1, 2, 3];
        await cache.SetAsync(key, written, new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = ProbeLifetime }, cancelled);
        var read = await cache.GetAsync(key, cancelled);
        if (kind == StoreKind.Embedded)
        {
            await cache.RemoveAsync(key, cancelled); // Redis forgets it by itself, and the gateway's user there may delete nothing.
        }

        if (read is null || !read.AsSpan().SequenceEqual(written))
        {
            throw new IOException("what was written could not be read again");
        }
    }
}
