using TokenGateway.Proxy;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tests.Security;

namespace TokenGateway.Tests.Proxy;

/// <summary>The part of a target that is not the configuration's arrives as the client wrote it.</summary>
public sealed class WrittenTargetTests
{
    public static TheoryData<string, string, string> Targets => new()
    {
        // Without any transform of the path.
        { "", "/plum/group%2Fproject", "/plum/group%2Fproject" },
        { "", "/plum/%2B%3A%40%26%7E%2b", "/plum/%2B%3A%40%26%7E%2b" },
        { "", "/plum/caf%e9/caf%C3%A9", "/plum/caf%e9/caf%C3%A9" },
        { "", "/plum/%252F/[a]/%5Bb%5D", "/plum/%252F/[a]/%5Bb%5D" },
        { "", "/plum/a?sign=%2e%7E%2F&b=[c]", "/plum/a?sign=%2e%7E%2F&b=[c]" },
        { "", "/plum/a%2Fb//c%20d/", "/plum/a%2Fb//c%20d/" },

        // Behind a prefix that is taken away or put before, and in a pattern.
        { "PathRemovePrefix=/plum", "/plum/group%2Fproject/%2B", "/group%2Fproject/%2B" },
        { "PathPrefix=/api/v4", "/plum/group%2Fproject", "/api/v4/plum/group%2Fproject" },
        { "PathRemovePrefix=/plum PathPrefix=/api", "/plum/a%2Fb/c%3Ad?x=%2e", "/api/a%2Fb/c%3Ad?x=%2e" },
        { "PathPattern=/v1/{**rest}", "/plum/a%2Fb/c%3Ad", "/v1/a%2Fb/c%3Ad" },

        // Fixed by the configuration, and what cannot be told apart after . and .. were resolved.
        { "PathSet=/fixed", "/plum/a%2Fb", "/fixed" },
        { "", "/plum/x/../a%2Fb", "/plum/a%252Fb" },
        { "", "/plum/%2e/a%2Bb", "/plum/a+b" },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Target_arrives_as_it_was_written(string transforms, string target, string forwarded)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream, transforms);

        foreach (var route in new[] { "/plum", "/plain" })
        {
            var sent = target.Replace("/plum", route, StringComparison.Ordinal);
            var answer = await RawClient.AskAsync(gateway.Proxy.BaseAddress!, $"GET {sent} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Assert.Equal(200, answer.Status);
        }

        Assert.Equal([forwarded, forwarded.Replace("/plum", "/plain", StringComparison.Ordinal)], upstream.Requests.Select(request => request.Target));
    }

    [Theory]
    [InlineData("/a b%2F", "/a b%2F")]
    [InlineData("/a%2F\\b", "/a%2F\\b")]
    [InlineData("/a%2F#b", "/a%2F#b")]
    [InlineData("http://localhost/a%2Fb", "/a%2Fb")]
    [InlineData("*", "")]
    public void Target_that_does_not_fit_into_a_request_line_is_left_to_YARP(string target, string routed)
    {
        Assert.False(WrittenTarget.Matters(target));
        Assert.NotNull(routed);
    }

    [Theory]
    [InlineData("/a/b%2Fc", "/a/b%2Fc", "/b%2Fc/x y")]
    [InlineData("/%2e", "/", "/")]
    [InlineData("/a/%2e", "/a/", "/a/")]
    [InlineData("/a/b%2Fc", "/other/b%2Fc", "/b%2Fc")]
    public void Path_of_which_a_part_is_unknown_is_left_to_YARP(string target, string routed, string forwarded) =>
        Assert.Null(WrittenTarget.PathOf(target, routed, forwarded));

    private static Task<RunningGateway> StartAsync(RawUpstream upstream, string transforms)
    {
        var values = RunningGateway.Routes(upstream.Url, "plum");
        foreach (var route in new[] { "plum", "plain" })
        {
            var number = 1;
            foreach (var parts in transforms.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(transform => transform.Split('=')))
            {
                values[$"ReverseProxy:Routes:{route}:Transforms:{number++}:{parts[0]}"] = parts[1].Replace("/plum", "/" + route, StringComparison.Ordinal);
            }
        }

        return RunningGateway.StartAsync(values, new ScriptedTokens("plum"));
    }
}
