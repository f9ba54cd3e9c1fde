using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TokenGateway.Simulator;
using TokenGateway.Tokens.Tests.Rotation;

namespace TokenGateway.Tokens.Tests.Hosting;

/// <summary>An application that uses the library as a user does, beside a strict provider.</summary>
internal sealed class LibraryHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-library-");
    private readonly Dictionary<string, string?> _settings = new(StringComparer.Ordinal);
    private IHost? _host;

    private LibraryHost(SimulatorHost simulator)
    {
        Simulator = simulator;
        _settings["TokenGateway:Store:Path"] = Path.Combine(_folder.FullName, "tokens.db");
        _settings["TokenGateway:Store:JournalPath"] = Path.Combine(_folder.FullName, "journal");
    }

    public SimulatorHost Simulator { get; }

    public LoggedEvents Logged { get; } = new();

    public IServiceProvider Services => _host!.Services;

    public static async Task<LibraryHost> CreateAsync(params string[] credentials)
    {
        var library = new LibraryHost(await SimulatorHost.StartAsync());
        foreach (var credential in credentials)
        {
            library.Set(credential, "Preset", "xoxoday")
                .Set(credential, "OAuthUrl", library.Simulator.BaseUrl)
                .Set(credential, "ClientId", library.Simulator.Options.ClientId)
                .Set(credential, "ClientSecret", library.Simulator.Options.ClientSecret)
                .Set(credential, "MinRefreshInterval", "00:00:00")
                .Set(credential, "RefreshToken", library.Simulator.IssueSeed().RefreshToken);
        }

        return library;
    }

    public LibraryHost Set(string credential, string setting, string? value)
    {
        _settings[$"TokenGateway:Credentials:{credential}:{setting}"] = value;
        return this;
    }

    public IConfiguration Configuration => new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();

    /// <summary>Puts the application together and starts it.</summary>
    /// <param name="add">What the user's <c>Program.cs</c> says.</param>
    public async Task StartAsync(Action<IServiceCollection> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(Logged).SetMinimumLevel(LogLevel.Trace);
        add(builder.Services);
        _host = builder.Build();
        await _host.StartAsync();
    }

    /// <summary>The usual <c>Program.cs</c>, and a client named after each credential.</summary>
    public Task StartAsync(params string[] clients) => StartAsync(services =>
    {
        services.AddTokenGateway(Configuration);
        foreach (var client in clients)
        {
            AddClient(services, client).AddAsKeyed().AddBearerToken(client);
        }
    });

    public IHttpClientBuilder AddClient(IServiceCollection services, string name) =>
        services.AddHttpClient(name, client => client.BaseAddress = new Uri(Simulator.UpstreamUrl));

    public HttpClient Client(string name) => Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    public Task StopAsync() => _host!.StopAsync();

    public async Task UntilAsync(string credential, Func<CredentialStatus, bool> condition)
    {
        using var limit = new CancellationTokenSource(Fleet.Bound, TimeProvider.System);
        var source = Services.GetRequiredKeyedService<ITokenSource>(credential);
        while (!condition(source.GetStatus()))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Simulator.Faults.Clear();
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }

        await Simulator.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
