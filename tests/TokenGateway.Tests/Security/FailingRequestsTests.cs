using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TokenGateway.Hosting;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Security;

/// <summary>Alone in its process, whose memory it measures.</summary>
[CollectionDefinition(nameof(FailingRequestsTests), DisableParallelization = true)]
public sealed class FailingRequestsGroup;

[Collection(nameof(FailingRequestsTests))]
public sealed class FailingRequestsTests
{
    [Fact]
    public async Task Ten_thousand_failing_requests_grow_neither_memory_nor_the_log()
    {
        await using var upstream = await Upstream.StartAsync();
        using var kept = new KeptLog();
        var tokens = new ScriptedTokens("plum", "pear", "fig");
        tokens.Set("pear", TokenFailureCode.TokenUnavailable);
        tokens.Set("fig", _ => throw new InvalidOperationException("A defect."));
        using var console = LoggerFactory.Create(logging =>
        {
            Logs.Configure(logging, new ConfigurationBuilder().Build());
            logging.ClearProviders().AddProvider(kept);
        });
        using var loggers = new SummarisedLoggers(console, TimeProvider.System);
        var values = RunningGateway.Routes(upstream.Url, "plum", "pear", "fig");
        values["ReverseProxy:Clusters:nowhere:Destinations:one:Address"] = $"http://127.0.0.1:{Testing.Ports.Free()}/";
        values["ReverseProxy:Routes:plum:ClusterId"] = "nowhere";
        await using var gateway = await RunningGateway.StartAsync(values, tokens, loggers: loggers);
        await FailAsync(gateway, 400);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await FailAsync(gateway, 10_000);

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 8_000_000, $"{grown} bytes more in use");
        Assert.InRange(kept.Lines.Count, 1, 200);
    }

    private static Task FailAsync(RunningGateway gateway, int requests) =>
        Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancellationToken) =>
        {
            using var answer = await gateway.Proxy.GetAsync(new[] { "plum/a", "pear/a", "fig/a", "no/such" }[i % 4], cancellationToken);
            Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        });
}
