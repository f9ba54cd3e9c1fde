using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Simulator;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Benchmarks;

/// <summary>What every request pays for its token: a real engine that has one, on its embedded store, with its loops running.</summary>
[MemoryDiagnoser]
#pragma warning disable CA1001, MA0053 // BenchmarkDotNet derives from it, and calls CleanUp.
public class TokenPath
#pragma warning restore CA1001, MA0053
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-path-").FullName;
    private SimulatorHost _provider = null!;
    private TokenManager _tokens = null!;

    [GlobalSetup]
    public async Task StartAsync()
    {
        _provider = await SimulatorHost.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromHours(1) });
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["TokenGateway:Store:Path"] = Path.Combine(_folder, "tokens.db"),
            ["TokenGateway:Store:JournalPath"] = Path.Combine(_folder, "journal"),
            ["TokenGateway:Credentials:plum:Preset"] = "xoxoday",
            ["TokenGateway:Credentials:plum:OAuthUrl"] = _provider.BaseUrl,
            ["TokenGateway:Credentials:plum:ClientId"] = "demo",
            ["TokenGateway:Credentials:plum:ClientSecret"] = "demo-secret",
            ["TokenGateway:Credentials:plum:RefreshToken"] = _provider.IssueSeed().RefreshToken,
        }).Build();
        _tokens = TokenEngine.Create(
            TokenGatewaySettingsReader.Read(configuration).Value!, TimeProvider.System, RandomSource.System, NullLoggerFactory.Instance, TokenMetrics.Unobserved);
        await _tokens.StartAsync(CancellationToken.None);
        await _tokens.GetTokenAsync("plum", CancellationToken.None);
    }

    /// <summary>The token as the proxy's transform and the handler get it, with the ready-made value of the header, and the header that it goes into.</summary>
    [Benchmark]
    public string Header()
    {
        var pending = _tokens.GetTokenAsync("plum", CancellationToken.None);
        var value = pending.IsCompletedSuccessfully ? pending.Result.Token!.RevealHeader() : throw new InvalidOperationException("The hot path waits.");
        return _tokens.GetDelivery("plum").Header.Length > 0 ? value : "";
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _tokens.DisposeAsync();
        await _provider.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
