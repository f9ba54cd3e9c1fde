using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Configuration;
using TokenGateway.Hosting;

namespace TokenGateway.Tests.Gateway;

/// <summary>A real gateway in this process, on ports of the system's choice, in front of one upstream.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private RunningGateway(GatewayHost host, IConfigurationRoot configuration, HttpClient proxy)
    {
        Host = host;
        Configuration = configuration;
        Proxy = proxy;
        Management = new HttpClient { BaseAddress = new Uri(host.ManagementAddresses.Single()) };
    }

    public GatewayHost Host { get; }

    public IConfigurationRoot Configuration { get; }

    public HttpClient Proxy { get; }

    public HttpClient Management { get; }

    /// <summary>A credential is also a route's name and path: <c>/plum/…</c> carries the token of <c>plum</c>; <c>/plain/…</c> carries none.</summary>
    public static Dictionary<string, string?> Routes(string upstream, params string[] credentials)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["TokenGateway:Management:Url"] = "http://127.0.0.1:0",
            ["TokenGateway:ShutdownDelay"] = "00:00:00",
            ["ReverseProxy:Clusters:upstream:Destinations:one:Address"] = upstream,
            ["ReverseProxy:Routes:plain:ClusterId"] = "upstream",
            ["ReverseProxy:Routes:plain:Match:Path"] = "/plain/{**rest}",
        };
        foreach (var credential in credentials)
        {
            values[$"ReverseProxy:Routes:{credential}:ClusterId"] = "upstream";
            values[$"ReverseProxy:Routes:{credential}:Match:Path"] = $"/{credential}/{{**rest}}";
            values[$"ReverseProxy:Routes:{credential}:Transforms:0:BearerToken"] = credential;
        }

        return values;
    }

    public static Task<RunningGateway> StartAsync(Upstream upstream, ScriptedTokens engine, params (string Key, string Value)[] settings)
    {
        var values = Routes(upstream.Url, [.. engine.Credentials]);
        foreach (var (key, value) in settings)
        {
            values[$"TokenGateway:{key}"] = value;
        }

        return StartAsync(values, engine);
    }

    public static async Task<RunningGateway> StartAsync(Dictionary<string, string?> values, ScriptedTokens engine, Version? version = null, ILoggerFactory? loggers = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var settings = GatewaySettingsReader.Read(configuration);
        Assert.Empty(settings.Errors);
        var parts = new GatewayParts { Configuration = configuration, Settings = settings.Value!, Loggers = loggers ?? NullLoggerFactory.Instance };
        var host = new GatewayHost(parts, engine);
        await host.StartAsync(CancellationToken.None);
        var proxy = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(host.ProxyAddresses.Single()),
            DefaultRequestVersion = version ?? System.Net.HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return new RunningGateway(host, configuration, proxy);
    }

    /// <summary>Asks again and again until it holds; what is watched here has no signal of its own.</summary>
    public static async Task WaitForAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Proxy.Dispose();
        Management.Dispose();
        await Host.DisposeAsync();
    }
}
