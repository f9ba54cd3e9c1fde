using TokenGateway.Simulator.Control;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.Http;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Simulator.Upstream;

namespace TokenGateway.Simulator;

/// <summary>A strict provider and an upstream that checks its tokens, each on a port of its own, with knobs. Thread safe.</summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private const string AnyPort = "http://127.0.0.1:0";
    private const long MaxTokenBody = 64 * 1024;

    private readonly SemaphoreSlim _listening = new(1, 1);
    private readonly FaultInjector _injector;
    private readonly TokenEndpoint _token;
    private readonly AuthorizationEndpoint _authorization;
    private readonly ValidateEndpoint _validate;
    private readonly IntrospectionEndpoint _introspection;
    private readonly UpstreamEndpoint _upstream;
    private Listener? _providerListener;
    private Listener? _upstreamListener;

    private SimulatorHost(SimulatorOptions options, TimeProvider time, Func<string>? newToken)
    {
        Provider = new Provider(options, time, newToken);
        _injector = new FaultInjector(Faults, Provider, time);
        var codes = new AuthorizationCodes(Provider, time);
        _token = new TokenEndpoint(Provider, codes, Faults, _injector);
        _authorization = new AuthorizationEndpoint(Provider, codes);
        _validate = new ValidateEndpoint(Provider, Faults, _injector);
        _introspection = new IntrospectionEndpoint(Provider, Faults, _injector);
        _upstream = new UpstreamEndpoint(Provider);
    }

    /// <summary>The provider's address, what a credential's <c>OAuthUrl</c> is set to.</summary>
    public string BaseUrl { get; private set; } = "";

    /// <summary>The upstream's address; its API is below <c>/api/</c>.</summary>
    public string UpstreamUrl { get; private set; } = "";

    /// <summary>The state machine behind the endpoints.</summary>
    public Provider Provider { get; }

    /// <summary>What is to go wrong.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>What happened at the provider, in order.</summary>
    public EventLog Events => Provider.Events;

    /// <summary>How the provider behaves; may be exchanged at any time.</summary>
    public SimulatorOptions Options
    {
        get => Provider.Options;
        set => Provider.Options = value;
    }

    /// <summary>What was counted so far.</summary>
    public SimulatorCounters Counters => new()
    {
        Provider = Provider.Counters,
        TokenCalls = _token.Calls,
        ValidateCalls = _validate.Calls + _introspection.Calls,
        Faulted = _injector.Faulted,
        UpstreamRequests = _upstream.Requests,
        Naked = _upstream.Naked,
        Unauthorized = _upstream.Unauthorized,
    };

    /// <summary>Starts both listeners. Addresses are <c>http</c> with an IP address or name and a port; port 0 takes a free one.</summary>
    /// <exception cref="ArgumentException">An option is out of its bounds, or an address is not a plain http one.</exception>
    /// <exception cref="IOException">An address cannot be bound.</exception>
    public static async Task<SimulatorHost> StartAsync(
        SimulatorOptions? options = null,
        string url = AnyPort,
        string upstreamUrl = AnyPort,
        TimeProvider? time = null,
        Func<string>? newToken = null,
        CancellationToken cancellationToken = default)
    {
        var upstream = ListenerAddress.Check(upstreamUrl); // Before the first listener starts, so that a mistake is told as one.
        var host = new SimulatorHost(options ?? new SimulatorOptions(), time ?? TimeProvider.System, newToken);
        try
        {
            host.BaseUrl = ListenerAddress.Check(url);
            await host.StartProviderAsync(cancellationToken);
            host._upstreamListener = await Listener.StartAsync(upstream, null, host.MapUpstream, cancellationToken);
            host.UpstreamUrl = host._upstreamListener.Url;
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="Provider.IssueSeed" />
    public Seed IssueSeed(string? refreshToken = null, bool withAccessToken = false) => Provider.IssueSeed(refreshToken, withAccessToken);

    /// <inheritdoc cref="Provider.RevokeFamily" />
    public bool RevokeFamily(string family) => Provider.RevokeFamily(family);

    /// <inheritdoc cref="Provider.InvalidateAccessToken" />
    public bool InvalidateAccessToken(string accessToken) => Provider.InvalidateAccessToken(accessToken);

    /// <inheritdoc cref="Provider.InvalidateAccessTokens" />
    public bool InvalidateAccessTokens(string family) => Provider.InvalidateAccessTokens(family);

    /// <summary>
    /// Stops listening at <see cref="BaseUrl"/>, so that a connection is refused and nothing can have been sent; the other kind of
    /// outage is <see cref="FaultPlan.IsDown"/>. Calls that hang are cut. Does nothing when it has stopped already.
    /// </summary>
    public async Task StopListeningAsync(CancellationToken cancellationToken = default)
    {
        await _listening.WaitAsync(cancellationToken);
        try
        {
            await DisposeProviderListenerAsync();
        }
        finally
        {
            _listening.Release();
        }
    }

    /// <summary>Listens again at the same <see cref="BaseUrl"/>. Does nothing when it listens already.</summary>
    /// <exception cref="IOException">Someone else has taken the port meanwhile.</exception>
    public async Task StartListeningAsync(CancellationToken cancellationToken = default)
    {
        await _listening.WaitAsync(cancellationToken);
        try
        {
            await StartProviderAsync(cancellationToken);
        }
        finally
        {
            _listening.Release();
        }
    }

    /// <summary>Stops both listeners; calls that hang are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeProviderListenerAsync();
        if (_upstreamListener is not null)
        {
            await _upstreamListener.DisposeAsync();
        }

        _listening.Dispose();
    }

    private async Task StartProviderAsync(CancellationToken cancellationToken)
    {
        _providerListener ??= await Listener.StartAsync(BaseUrl, MaxTokenBody, MapProvider, cancellationToken);
        BaseUrl = _providerListener.Url;
    }

    private async ValueTask DisposeProviderListenerAsync()
    {
        if (_providerListener is not null)
        {
            await _providerListener.DisposeAsync();
            _providerListener = null;
        }
    }

    private void MapProvider(WebApplication app)
    {
        app.Use((context, next) => !ControlApi.Owns(context) && _injector.DropsWhileDown(context) ? Task.CompletedTask : next(context));
        app.MapPost(Options.TokenPath, (RequestDelegate)_token.HandleAsync);
        app.MapGet(AuthorizationEndpoint.Path, (RequestDelegate)_authorization.ShowAsync);
        app.MapPost(AuthorizationEndpoint.Path, (RequestDelegate)_authorization.DecideAsync);
        app.MapGet(Options.ValidatePath, (RequestDelegate)_validate.HandleAsync);
        app.MapPost(Options.IntrospectionPath, (RequestDelegate)_introspection.HandleAsync);
        new ControlApi(this, onProviderListener: true).Map(app);
    }

    private void MapUpstream(WebApplication app)
    {
        // Before routing, which a small GET would pay for.
        app.Use((context, next) => UpstreamEndpoint.Owns(context) ? _upstream.HandleAsync(context) : next(context));
        app.UseRouting();
        new ControlApi(this, onProviderListener: false).Map(app);
    }
}
