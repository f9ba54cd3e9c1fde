using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Simulator;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>
/// A strict provider and any number of replicas of the engine on one store, all real. Durations are short and hold the
/// relations that a sensible configuration has; a test changes what it is about.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    public const string Name = "plum";

    /// <summary>How long anything may take on a busy machine before a test fails.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-fleet-");
    private readonly List<Replica> _replicas = [];

    private Fleet(SimulatorHost simulator, StoreSettings? store, TimeProvider time)
    {
        Simulator = simulator;
        Time = time;
        Store = (store ?? new StoreSettings { Path = Path.Combine(_folder.FullName, "store.db") }) with
        {
            PollInterval = TimeSpan.FromMilliseconds(200),
            JournalPath = Path.Combine(_folder.FullName, "journal"),
        };
        Seed = simulator.IssueSeed();
        SecretPath = Path.Combine(_folder.FullName, "client-secret");
        SeedPath = Path.Combine(_folder.FullName, "refresh-token");
        Credential = new CredentialSettings
        {
            Name = Name,
            TokenEndpoint = new Uri(simulator.BaseUrl + "/v1/oauth/token/user"),
            ClientAuthentication = ClientAuthentication.ClientSecretPost,
            RequestFormat = RequestFormat.Json,
            ClientId = simulator.Options.ClientId,
            ClientSecret = new SecretSource { Value = new Secret(simulator.Options.ClientSecret) },
            RefreshToken = new SecretSource { Value = new Secret(Seed.RefreshToken) },
            ValidateExpiryUnit = ExpiryUnit.Milliseconds,
            MinRefreshInterval = TimeSpan.Zero,
            TokenEndpointTimeout = TimeSpan.FromSeconds(3),
            LeaseDuration = TimeSpan.FromSeconds(7),
            Patience = TimeSpan.FromMilliseconds(500),
            RequestWait = TimeSpan.FromSeconds(10),
            Validation = new ValidationSettings { OnAdopt = false, Interval = TimeSpan.Zero },
        };
    }

    public SimulatorHost Simulator { get; }

    public LoggedEvents Logged { get; } = new();

    public ILoggerFactory Loggers => field ??= LoggerFactory.Create(logging => logging.AddProvider(Logged).SetMinimumLevel(LogLevel.Trace));

    public TimeProvider Time { get; }

    /// <summary>What the person who set the credential up was given.</summary>
    public Seed Seed { get; }

    public string SeedPath { get; }

    public string SecretPath { get; }

    /// <summary>The store's settings for replicas that are started from now on.</summary>
    public StoreSettings Store { get; set; }

    /// <summary>The credential's settings for replicas that are started from now on.</summary>
    public CredentialSettings Credential { get; set; }

    /// <summary>True: the journals of replicas that are started from now on cannot grow.</summary>
    public bool DiskIsFull { get; set; }

    public IReadOnlyList<SecretSource> EncryptionKeys { get; set; } = [new SecretSource { Value = new Secret(Convert.ToBase64String(new byte[32])) }];

    public IReadOnlyList<Replica> Replicas => _replicas;

    public TokenGatewaySettings Settings => new()
    {
        Store = Store,
        Encryption = new EncryptionSettings { Keys = EncryptionKeys },
        Credentials = new Dictionary<string, CredentialSettings>(StringComparer.Ordinal) { [Name] = Credential },
    };

    /// <param name="options">The provider's.</param>
    /// <param name="redis">Where credentials are kept; null means an embedded store.</param>
    /// <param name="time">Everybody's clock; null means the real one.</param>
    public static async Task<Fleet> StartAsync(SimulatorOptions? options = null, RedisServer? redis = null, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var store = redis is null ? null : new StoreSettings
        {
            Kind = StoreKind.Redis,
            Redis = new Secret(redis.ConnectionString),
            KeyPrefix = "test-" + RandomSource.System.NextId(),
        };
        return new Fleet(await SimulatorHost.StartAsync(options, time: time), store, time);
    }

    public async Task<Replica> AddReplicaAsync()
    {
        var replica = await Replica.StartAsync(this);
        _replicas.Add(replica);
        return replica;
    }

    /// <summary>A replica that has made its first rotation.</summary>
    public async Task<Replica> AddLiveReplicaAsync()
    {
        var replica = await AddReplicaAsync();
        await replica.UntilAsync(status => status is { Usable: true, State: CredentialState.Active });
        return replica;
    }

    /// <summary>Puts the seed into a file, as a mounted secret is; and another one there later.</summary>
    public void WriteSeed(string refreshToken)
    {
        File.WriteAllText(SeedPath, refreshToken + "\n");
        Credential = Credential with { RefreshToken = new SecretSource { File = SeedPath } };
    }

    /// <summary>Reads the store past every replica.</summary>
    public Task<CredentialRecord?> ReadRecordAsync() => WithStoreAsync(async (store, codec) =>
        (await store.ReadAsync(Name, CancellationToken.None)).Record is { } stored ? codec.Decode(Name, stored) : null);

    /// <summary>Changes the store's record past every replica: what a replica that is no more has left behind.</summary>
    public Task AmendRecordAsync(Func<CredentialRecord, CredentialRecord> change) => WithStoreAsync(async (store, codec) =>
    {
        var stored = (await store.ReadAsync(Name, CancellationToken.None)).Record!;
        var record = codec.Decode(Name, stored);
        var amended = codec.Encode(change(record with { Step = record.Step + 1 }));
        return await store.WriteAsync(Name, new RecordWrite(stored.Revision, amended, Guard: null, Announce: false), CancellationToken.None);
    });

    /// <summary>Takes the lease away from whoever holds it, as a failover does that lost it.</summary>
    public async Task BreakLeaseAsync()
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Store.Path};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM lease";
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits for an event at the provider; one that has happened already will do.</summary>
    public async Task<SimulatorEvent> EventAsync(EventKind kind, int number = 1)
    {
        using var limit = new CancellationTokenSource(Bound, TimeProvider.System);
        var seen = 0;
        return await Simulator.Events.WaitAsync(happened => happened.Kind == kind && Interlocked.Increment(ref seen) >= number, limit.Token);
    }

    /// <summary>The provider's word on an access token: the family and generation that it belongs to, and that it is alive.</summary>
    public IssuedAccessToken Check(TokenResult result)
    {
        Assert.Null(result.Failure);
        return Simulator.Provider.Check(result.Token!.Reveal()) ?? throw new InvalidOperationException("The provider calls this access token dead.");
    }

    public async ValueTask DisposeAsync()
    {
        Simulator.Faults.Clear();
        await Task.WhenAll(_replicas.Select(replica => replica.DisposeAsync().AsTask()));
        await Simulator.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<T> WithStoreAsync<T>(Func<ITokenStore, RecordCodec, Task<T>> use)
    {
        var storage = TokenStores.Create(Store, Time, RandomSource.System, NullLoggerFactory.Instance);
        await using var store = storage.Store;
        await store.StartAsync(CancellationToken.None);
        return await use(store, new RecordCodec(Tokens.Records.EncryptionKeys.Load(Settings, RandomSource.System), RandomSource.System));
    }
}
