using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TokenGateway.Hosting;
using TokenGateway.Management;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tests.Security;

public sealed class GuessBrakeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ManagementAccess _access;

    public GuessBrakeTests() =>
        _access = new ManagementAccess(new SecretSet([new SecretSource { Value = new Secret("the key") }], _time), new Audit(NullLogger<Audit>.Instance), _time);

    [Fact]
    public async Task Guesses_of_an_address_are_not_looked_at_any_more_after_the_first_few()
    {
        for (var i = 0; i < GuessBrake.Burst; i++)
        {
            Assert.Equal(401, (await AskAsync("10.0.0.7", $"guess {i}")).StatusCode);
        }

        var refused = await AskAsync("10.0.0.7", "the key");

        Assert.Equal(429, refused.StatusCode);
        Assert.Equal("1", refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task Who_guesses_on_gets_one_guess_a_second()
    {
        await GuessAsync("10.0.0.7", GuessBrake.Burst);
        var looked = 0;
        for (var i = 0; i < 1000; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            looked += (await AskAsync("10.0.0.7", "a guess")).StatusCode == 401 ? 1 : 0;
        }

        Assert.InRange(looked, 9, 10);
    }

    [Fact]
    public async Task Right_key_is_taken_a_second_after_the_last_guess()
    {
        await GuessAsync("10.0.0.7", 5000);

        _time.Advance(GuessBrake.Interval);

        Assert.Equal(200, (await AskAsync("10.0.0.7", "the key")).StatusCode);
    }

    [Fact]
    public async Task Guesses_of_one_do_not_keep_others_out()
    {
        await GuessAsync("2001:db8::1", 5000);

        // Addresses share places: one of these eight may have been met, not all.
        var others = 0;
        foreach (var other in new[] { "10.0.0.8", "10.0.0.9", "10.1.0.8", "10.2.0.8", "192.168.0.1", "192.168.0.2", "172.16.0.1", "127.0.0.1" })
        {
            others += (await AskAsync(other, "the key")).StatusCode == 200 ? 1 : 0;
        }

        Assert.True(others >= 6, $"{others} of 8 got in");
        Assert.Equal(429, (await AskAsync("2001:db8::2:1", "a guess from the same network")).StatusCode);
    }

    [Fact]
    public async Task Call_from_this_machine_needs_the_key_too_and_is_never_slowed()
    {
        for (var i = 0; i < 5000; i++)
        {
            Assert.Equal(401, (await AskAsync("127.0.0.1", $"guess {i}", "localhost")).StatusCode);
        }

        Assert.Equal(401, (await AskAsync("127.0.0.1", "a wrong key", "localhost")).StatusCode);
        Assert.Equal(200, (await AskAsync("127.0.0.1", "the key", "localhost")).StatusCode);
    }

    [Fact]
    public async Task Call_without_a_key_is_no_guess()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(401, (await AskAsync("10.0.0.7", key: null)).StatusCode);
        }

        Assert.Equal(200, (await AskAsync("10.0.0.7", "the key")).StatusCode);
    }

    [Fact]
    public async Task Real_listener_answers_429()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"), ("Management:ApiKey", "the key"));
        var statuses = new List<int>();
        for (var i = 0; i < 200; i++)
        {
            statuses.Add((await RawClient.AskAsync(gateway.Management.BaseAddress!, $"GET /api/credentials HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer guess-{i}\r\n\r\n")).Status);
        }

        Assert.All(statuses.Take(GuessBrake.Burst), status => Assert.Equal(401, status));
        Assert.True(statuses.Count(status => status == 429) > 150, string.Join(' ', statuses));
    }

    private async Task GuessAsync(string caller, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await AskAsync(caller, $"guess {i}");
        }
    }

    private async Task<HttpResponse> AskAsync(string caller, string? key, string host = "gateway")
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Scheme = "http";
        context.Request.Path = "/api/credentials";
        context.Request.Host = new HostString(host);
        context.Connection.RemoteIpAddress = IPAddress.Parse(caller);
        context.Request.Headers.Authorization = key is null ? default : new($"Bearer {key}");
        await _access.InvokeAsync(context, _ => Task.CompletedTask);
        return context.Response;
    }
}
