namespace TokenGateway.Simulator.Http;

/// <summary>
/// One Kestrel on one address. It is built from nothing, so that neither a configuration file nor the environment of the process
/// that hosts it can move or change it.
/// </summary>
internal sealed class Listener : IAsyncDisposable
{
    private static readonly TimeSpan Drain = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication _app;

    private Listener(WebApplication app) => _app = app;

    /// <summary>The address that it is bound to, without a slash at its end.</summary>
    public string Url => _app.Urls.First();

    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<Listener> StartAsync(string url, long? maxBody, Action<WebApplication> map, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = maxBody;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, Unattended>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Drain);
        var app = builder.Build();
        app.Urls.Add(url);
        map(app);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new Listener(app);
    }

    /// <summary>Stops listening; calls in flight get half a second, those that hang are cut at once.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _app.StopAsync(CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // The drain ran out and Kestrel has cut what was left.
        }

        await _app.DisposeAsync();
    }

    /// <summary>Leaves signals such as Ctrl-C to whoever hosts the simulator.</summary>
    private sealed class Unattended : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
