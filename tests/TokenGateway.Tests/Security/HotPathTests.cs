using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TokenGateway.Configuration;
using TokenGateway.Hosting;
using TokenGateway.Proxy;
using TokenGateway.Proxy.Guard;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tests.Security;

/// <summary>What is looked at on every request costs an honest one no memory.</summary>
public sealed class HotPathTests
{
    private static readonly RequestDelegate End = _ => Task.CompletedTask;

    [Fact]
    public void Honest_request_is_let_through_without_allocating()
    {
        var context = new DefaultHttpContext();
        context.Connection.LocalIpAddress = IPAddress.Loopback;
        context.Request.Method = "GET";
        context.Request.Protocol = "HTTP/1.1";
        context.Request.Host = new HostString("localhost:8080");
        context.Request.Headers.Connection = "keep-alive";
        context.Request.Headers.UserAgent = "some client";
        context.Request.Headers["X-Request-Id"] = "7";
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = "/plum/things/1?q=%20";
        var guard = new RequestGuard(TokenMetrics.Unobserved);
        var inbound = new InboundPolicy(new SecretSet([], TimeProvider.System), new InboundSettings(), TokenMetrics.Unobserved);
        RequestDelegate next = request => inbound.InvokeAsync(request, End);
        using var forwarded = new HttpRequestMessage();
        forwarded.Headers.TryAddWithoutValidation("User-Agent", "some client");
        forwarded.Headers.TryAddWithoutValidation("X-Request-Id", "7");

        var tokens = new ScriptedTokens("plum");
        var (route, delivery) = (new RouteToken("plum", "X-Api-Token", "Key", tokens), tokens.GetDelivery("plum"));
        var token = new AccessToken(new Secret("access_token_1"), ScriptedTokens.At);

        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                Assert.True(guard.InvokeAsync(context, next).IsCompletedSuccessfully);
                route.Set(forwarded, token, delivery);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Measure();
        Assert.InRange(Measure(), 0, 1000); // Less than a byte each: the measuring itself may.
        Assert.Equal(200, context.Response.StatusCode);
    }
}
