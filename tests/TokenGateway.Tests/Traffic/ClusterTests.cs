using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenGateway.Proxy;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace TokenGateway.Tests.Traffic;

/// <summary>What YARP does with several destinations works on here, where its pipeline is one of our own.</summary>
public sealed class ClusterTests : IAsyncLifetime
{
    private readonly ScriptedTokens _tokens = new("plum");
    private readonly Upstream[] _upstreams = new Upstream[2];

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            var name = $"{i}";
            _upstreams[i] = await Upstream.StartAsync();
            _upstreams[i].Respond = context => context.Response.WriteAsync(name);
        }
    }

    public async Task DisposeAsync() => await Task.WhenAll(_upstreams.Select(upstream => upstream.DisposeAsync().AsTask()));

    [Fact]
    public async Task Load_is_balanced()
    {
        await using var gateway = await StartAsync(("LoadBalancingPolicy", "RoundRobin"));

        var answers = await AskAsync(gateway, 6);

        Assert.Equal((3, 3), (answers.Count(answer => answer == "0"), answers.Count(answer => answer == "1")));
    }

    [Fact]
    public async Task Session_stays_with_its_destination_also_when_a_request_is_sent_once_more()
    {
        await using var gateway = await StartAsync(
            ("LoadBalancingPolicy", "RoundRobin"), ("SessionAffinity:Enabled", "true"), ("SessionAffinity:Policy", "HashCookie"), ("SessionAffinity:AffinityKeyName", "sticky"));
        foreach (var upstream in _upstreams)
        {
            var answer = upstream.Respond;
            upstream.Respond = context =>
            {
                context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer access_token_2" ? 200 : 401;
                return answer(context);
            };
        }

        _tokens.Recovery = (_, _) =>
        {
            _tokens.Set("plum", "access_token_2");
            return Task.FromResult<AccessToken?>(new AccessToken(new Secret("access_token_2"), ScriptedTokens.At));
        };

        using var first = await gateway.Proxy.GetAsync("plum/a"); // HttpClient keeps the cookie.
        var answers = await AskAsync(gateway, 5);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Equal([await first.Content.ReadAsStringAsync()], answers.Distinct());
        Assert.Equal([0, 7], _upstreams.Select(upstream => upstream.Requests.Count).Order());
    }

    [Fact]
    public async Task Passive_health_checks_take_a_broken_destination_out()
    {
        await using var gateway = await StartAsync(
            ("LoadBalancingPolicy", "RoundRobin"), ("HealthCheck:Passive:Enabled", "true"), ("HealthCheck:Passive:Policy", "TransportFailureRate"), ("HealthCheck:Passive:ReactivationPeriod", "01:00:00"));
        await _upstreams[0].DisposeAsync();

        await RunningGateway.WaitForAsync(async () => (await AskAsync(gateway, 10)).All(answer => answer == "1"));
    }

    [Fact]
    public async Task Active_health_checks_take_a_sick_destination_out()
    {
        var answer = _upstreams[0].Respond;
        _upstreams[0].Respond = context =>
        {
            context.Response.StatusCode = context.Request.Path == "/health" ? 500 : 200;
            return answer(context);
        };
        await using var gateway = await StartAsync(
            ("LoadBalancingPolicy", "RoundRobin"), ("HealthCheck:Active:Enabled", "true"), ("HealthCheck:Active:Policy", "ConsecutiveFailures"), ("HealthCheck:Active:Interval", "00:00:00.1"), ("HealthCheck:Active:Path", "/health"));

        await RunningGateway.WaitForAsync(async () => (await AskAsync(gateway, 10)).All(answer => answer == "1"));
    }

    [Fact]
    public void Connection_is_given_up_in_time_for_a_name_that_moves_to_be_seen()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProxy(new ConfigurationBuilder().Build(), () => []);
        using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IForwarderHttpClientFactory>()
            .CreateClient(new ForwarderHttpClientContext { NewConfig = HttpClientConfig.Empty, ClusterId = "plum" });

        Assert.Equal(TimeSpan.FromMinutes(2), Innermost(client).PooledConnectionLifetime);
    }

    private static SocketsHttpHandler Innermost(HttpMessageInvoker client)
    {
        var handler = (HttpMessageHandler)typeof(HttpMessageInvoker).GetField("_handler", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(client)!;
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        return (SocketsHttpHandler)handler;
    }

    private Task<RunningGateway> StartAsync(params (string Key, string Value)[] cluster)
    {
        var values = RunningGateway.Routes(_upstreams[0].Url, "plum");
        values["ReverseProxy:Clusters:upstream:Destinations:two:Address"] = _upstreams[1].Url;
        foreach (var (key, value) in cluster)
        {
            values[$"ReverseProxy:Clusters:upstream:{key}"] = value;
        }

        return RunningGateway.StartAsync(values, _tokens);
    }

    private static async Task<List<string>> AskAsync(RunningGateway gateway, int times)
    {
        var answers = new List<string>();
        for (var i = 0; i < times; i++)
        {
            using var answer = await gateway.Proxy.GetAsync("plum/a");
            answers.Add(answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : $"{answer.StatusCode}");
        }

        return answers;
    }
}
