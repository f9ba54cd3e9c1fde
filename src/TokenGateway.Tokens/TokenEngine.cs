using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Journal;
using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens;

/// <summary>Puts an engine together from its real parts.</summary>
internal static class TokenEngine
{
    /// <exception cref="InvalidOperationException">The embedded store's key file cannot be used.</exception>
    /// <exception cref="FormatException">TokenGateway:Store:Redis is not a configuration string.</exception>
    public static TokenManager Create(TokenGatewaySettings settings, TimeProvider time, RandomSource random, ILoggerFactory loggers, TokenMetrics metrics)
    {
        var manager = new TokenManager(settings.Credentials.Values, Compose(settings, time, random, loggers, metrics));
        CredentialGauges.Register(metrics.Meter, manager, time);
        return manager;
    }

    /// <inheritdoc cref="Create" />
    internal static EngineContext Compose(TokenGatewaySettings settings, TimeProvider time, RandomSource random, ILoggerFactory loggers, TokenMetrics metrics)
    {
        var storage = TokenStores.Create(settings.Store, time, random, loggers);
        var tokens = new HttpMessageInvoker(EndpointHandler.ForTokens(time, random));
        var validation = new HttpMessageInvoker(EndpointHandler.ForValidation(time, random));
        var keys = EncryptionKeys.Load(settings, random);
        return new EngineContext
        {
            Store = storage.Store,
            Journal = new Journal(new JournalFolder(settings.Store.JournalPath), keys, random, loggers.CreateLogger<Journal>()),
            StoreSettings = settings.Store,
            Keys = keys,
            Codec = new RecordCodec(keys, random),
            TokenEndpoint = new TokenEndpointClient(tokens, time, loggers.CreateLogger<TokenEndpointClient>()),
            ValidateEndpoint = new ValidateClient(validation, time, random, metrics, loggers.CreateLogger<ValidateClient>()),
            Cache = storage.Cache,
            Time = time,
            Random = random,
            Replica = ReplicaIdentity.Create(random),
            Loggers = loggers,
            Metrics = metrics,
        };
    }
}
