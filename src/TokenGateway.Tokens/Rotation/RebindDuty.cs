using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Binds a seed that was never exchanged to the token endpoint and client of now: a mistake in the settings costs nothing once it is corrected. A refresh token that an endpoint has
/// granted stays bound to that one until a person says otherwise.
/// </summary>
internal sealed partial class RebindDuty(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, Adoption adoption, SeedDuty seeds, MonotonicClock clock)
{
    /// <summary>Between two times: replicas whose settings differ, as in a rolling update, must not bind it back and forth without end.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ILogger _logger = engine.LoggerOf<RebindDuty>();
    private readonly string _binding = Binding.Of(settings);
    private TimeSpan _notBefore = TimeSpan.MinValue;

    /// <summary>How long until the seed is bound anew; <see cref="TimeSpan.MaxValue"/> where it need not be.</summary>
    public TimeSpan Delay() => memory.View is { Uncommitted: false, Record: { } record } && IsWanted(record)
        ? _notBefore > clock.Now ? _notBefore - clock.Now : TimeSpan.Zero
        : TimeSpan.MaxValue;

    /// <exception cref="StoreUnavailableException">The store could not be asked; tried again soon.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        if (seeds.HoldUp() is { } wait)
        {
            _notBefore = clock.Now + wait;
            return;
        }

        _notBefore = clock.Now + engine.StoreSettings.PollInterval; // Where the store is away.
        var end = await adoption.TryAsync(current => Task.FromResult(current is not null && IsWanted(current) ? Bound(current) : null), stopping);
        _notBefore = clock.Now + (end is AdoptionEnd.Later later ? later.After : Interval);
        if (end is AdoptionEnd.Adopted)
        {
            RebindDutyLog.Bound(_logger, settings.Name);
        }
    }

    private bool IsWanted(CredentialRecord record) =>
        settings.GrantType == GrantType.RefreshToken && record.Generation == 0 && record.Binding != _binding;

    private CredentialRecord Bound(CredentialRecord record) => record.BoundTo(
        _binding, record.Family, new RotationStamp(engine.Random.NextId(), engine.Time.GetUtcNow(), engine.Replica.ToString(), TimeSpan.Zero));

    private static partial class RebindDutyLog
    {
        [LoggerMessage(EventIds.SeedRebound, LogLevel.Information,
            "The token endpoint or client of credential {Credential} has changed, and its seed was never exchanged: it belongs to the new ones from now on.")]
        public static partial void Bound(ILogger logger, string credential);
    }
}
