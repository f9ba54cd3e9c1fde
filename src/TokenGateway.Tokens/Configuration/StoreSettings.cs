namespace TokenGateway.Tokens.Configuration;

/// <summary>Where credentials are kept.</summary>
internal sealed record StoreSettings
{
    public StoreKind Kind { get; init; } = StoreKind.Embedded;
    public string Path { get; init; } = "data/tokengateway.db";

    /// <summary>A StackExchange.Redis configuration string; may hold a password.</summary>
    public Secret? Redis { get; init; }

    public string KeyPrefix { get; init; } = "tokengateway";

    /// <summary>Replicas that must have a write before it counts; null means every one that is online or may be promoted.</summary>
    public int? MinReplicas { get; init; }

    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(2);
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);
    public bool AllowVolatile { get; init; }
    public string JournalPath { get; init; } = "data/journal";
}

/// <summary>The keys for what is kept: the first encrypts, all decrypt.</summary>
internal sealed record EncryptionSettings
{
    public IReadOnlyList<SecretSource> Keys { get; init; } = [];
}

/// <summary>The whole of the engine's configuration.</summary>
internal sealed record TokenGatewaySettings
{
    public StoreSettings Store { get; init; } = new();
    public EncryptionSettings Encryption { get; init; } = new();
    public IReadOnlyDictionary<string, CredentialSettings> Credentials { get; init; } = new Dictionary<string, CredentialSettings>(StringComparer.Ordinal);
}

internal enum StoreKind { Embedded, Redis }
