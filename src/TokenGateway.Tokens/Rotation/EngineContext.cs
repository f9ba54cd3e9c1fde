using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Journal;
using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Rotation;

/// <summary>What every credential of one process shares. All that is not deterministic comes in here.</summary>
internal sealed record EngineContext
{
    public required ITokenStore Store { get; init; }
    public required Journal Journal { get; init; }
    public required StoreSettings StoreSettings { get; init; }
    public required RecordCodec Codec { get; init; }
    public required TokenEndpointClient TokenEndpoint { get; init; }
    public required ValidateClient ValidateEndpoint { get; init; }
    public required IDistributedCache Cache { get; init; }
    public required TimeProvider Time { get; init; }
    public required RandomSource Random { get; init; }
    public required ReplicaIdentity Replica { get; init; }
    public required ILoggerFactory Loggers { get; init; }
    public TokenMetrics Metrics { get; init; } = TokenMetrics.Unobserved;

    /// <summary>What the codec and the journal encrypt with; null where it is never changed.</summary>
    public KeyRing? Keys { get; init; }

    /// <summary>Always all of them, but in tests that show what each is for.</summary>
    public Safeguards Safeguards { get; init; } = Safeguards.All;

    /// <summary>How long a replica that knows more than the store gets to say so, once the store is there: two poll intervals.</summary>
    public TimeSpan PeersTime => StoreSettings.PollInterval * 2;

    /// <summary>One for all credentials: the factory's generic method would make a wrapper for each.</summary>
    public ILogger LoggerOf<T>() => Loggers.CreateLogger(typeof(T).FullName!);

    public bool Has(Safeguards safeguard) => (Safeguards & safeguard) == safeguard;
}
