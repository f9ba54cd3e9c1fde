using TokenGateway.Configuration;
using TokenGateway.Management;
using TokenGateway.Proxy;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Hosting;

/// <summary>
/// One gateway: an engine, the proxy that attaches its tokens, and the management listener that shows it. The two listeners
/// are applications of their own, so that no management path can exist on the proxy's port and each can stop in its turn.
/// </summary>
internal sealed partial class GatewayHost : IAsyncDisposable
{
    private readonly GatewayParts _parts;
    private readonly IGatewayEngine _engine;
    private readonly ServingState _serving = new();
    private readonly WebApplication _management;
    private readonly WebApplication _proxy;
    private readonly SecretSet _managementKeys;
    private readonly InboundPolicy _inbound;
    private readonly ILogger _logger;
    private volatile GatewaySettings _settings;

    /// <param name="parts">What the listeners are built from.</param>
    /// <param name="engine">The engine, not started; it is the host's from here on.</param>
    /// <exception cref="InvalidOperationException">YARP refuses its configuration; <see cref="ConfigurationCheck"/> names every error beforehand.</exception>
    public GatewayHost(GatewayParts parts, IGatewayEngine engine)
    {
        _parts = parts;
        _engine = engine;
        _logger = parts.Loggers.CreateLogger<GatewayHost>();
        _settings = parts.Settings;
        _managementKeys = new SecretSet([_settings.Management.ApiKey], parts.Time);
        _inbound = new InboundPolicy(new SecretSet(_settings.Inbound.ApiKeys, parts.Time), _settings.Inbound, parts.Metrics);
        _management = ManagementHost.Build(parts, engine.Tokens, _serving, _managementKeys);
        _proxy = ProxyHost.Build(parts, engine.Tokens, _inbound);
    }

    /// <summary>Where the proxy really listens, once started.</summary>
    public IReadOnlyCollection<string> ProxyAddresses => [.. _proxy.Urls];

    /// <summary>Where the management listener really listens, once started.</summary>
    public IReadOnlyCollection<string> ManagementAddresses => [.. _management.Urls];

    /// <summary>
    /// Binds first, then acts: what cannot listen must not have rotated anything before it ends. Requests that come before the engine has loaded wait for it, as they wait for a rotation.
    /// </summary>
    /// <exception cref="StartupException">An address cannot be bound, or those that the proxy has bound are not allowed, or a folder cannot be written.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await BindAsync(_management, [ListeningAddresses.OfManagement(_parts.Settings.Management)], cancellationToken);
        await BindAsync(_proxy, _parts.Settings.ProxyAddresses, cancellationToken);
        StartupException.ThrowIfAny(ListeningAddresses.CheckBound(ProxyAddresses, _parts.Settings.Inbound));
        await _engine.StartAsync(cancellationToken);
        _serving.Listen();
        _parts.Health.FileRefused += problem => GatewayHostLog.FileRefused(_logger, problem);

        GatewayHostLog.Started(_logger, string.Join(", ", ProxyAddresses), string.Join(", ", ManagementAddresses), _parts.Summary is { } found ? $" ({found})" : "");
    }

    /// <summary>Brings changed settings into force while requests flow: keys, credentials and their settings, and how long shutting down is announced.</summary>
    /// <param name="settings">Sound as a whole.</param>
    /// <param name="changed">The credentials whose settings are others than before.</param>
    public async Task ApplyAsync(StartupSettings settings, IReadOnlySet<string> changed)
    {
        await _engine.ApplyAsync(settings.Tokens, changed);
        _managementKeys.Replace([settings.Gateway.Management.ApiKey]);
        _inbound.Apply(settings.Gateway.Inbound);
        _settings = settings.Gateway;
    }

    /// <inheritdoc cref="IGatewayEngine.RereadKeys" />
    public void RereadKeys() => _engine.RereadKeys();

    /// <summary>
    /// Leaves without losing anything: readiness is withdrawn at once, requests are accepted for <c>ShutdownDelay</c> more, those
    /// in flight get <c>DrainTimeout</c>, a rotation under way ends, and the management listener answers until then.
    /// </summary>
    public async Task DrainAsync()
    {
        GatewayHostLog.DrainBegun(_logger, _settings.ShutdownDelay, _parts.Settings.DrainTimeout);
        _serving.Drain();
        await Task.Delay(_settings.ShutdownDelay, _parts.Time);
        await _proxy.StopAsync();
        await _engine.StopAsync();
        await _management.StopAsync();
        GatewayHostLog.DrainEnded(_logger);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _engine.DisposeAsync();
        await _management.DisposeAsync();
    }

    private static async Task BindAsync(WebApplication listener, IReadOnlyList<ListeningAddress> addresses, CancellationToken cancellationToken)
    {
        try
        {
            await listener.StartAsync(cancellationToken);
        }
        catch (Exception error) when (BindFailure.Describe(addresses, error) is { } sentence)
        {
            throw new StartupException([sentence]);
        }
    }

    private static partial class GatewayHostLog
    {
        [LoggerMessage(EventIds.GatewayStarted, LogLevel.Information, "TokenGateway proxies on {Proxy} and is managed on {Management}{Found}")]
        public static partial void Started(ILogger logger, string proxy, string management, string found);

        [LoggerMessage(EventIds.ConfigurationFileRefused, LogLevel.Error, "The changed configuration file is refused and what it said before stays in force: {Problem}")]
        public static partial void FileRefused(ILogger logger, string problem);

        [LoggerMessage(EventIds.DrainBegun, LogLevel.Information, "Shutting down: not ready from now on, requests are accepted for {ShutdownDelay} more, those in flight get {DrainTimeout}")]
        public static partial void DrainBegun(ILogger logger, TimeSpan shutdownDelay, TimeSpan drainTimeout);

        [LoggerMessage(EventIds.DrainEnded, LogLevel.Information, "Shut down")]
        public static partial void DrainEnded(ILogger logger);
    }
}
