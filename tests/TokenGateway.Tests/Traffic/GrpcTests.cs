using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Traffic;

/// <summary>Calls of every kind that gRPC has, by its own client and server.</summary>
public sealed class GrpcTests : IAsyncLifetime
{
    private readonly HealthServiceImpl _health = new();
    private readonly ScriptedTokens _tokens = new("plum");
    private readonly ConcurrentQueue<string> _sent = new();
    private Upstream _upstream = null!;
    private RunningGateway _gateway = null!;
    private GrpcChannel _channel = null!;

    public async Task InitializeAsync()
    {
        _upstream = await Upstream.StartAsync(
            Paths.ProtocolOf("2.0"),
            services =>
            {
                services.AddGrpc();
                services.AddGrpcReflection();
                services.AddSingleton(_health);
            },
            app =>
            {
                app.Use(async (context, next) =>
                {
                    _sent.Enqueue(context.Request.Headers.Authorization.ToString());
                    await next();
                });
                app.MapGrpcService<HealthServiceImpl>();
                app.MapGrpcReflectionService();
            });
        var values = RunningGateway.Routes(_upstream.Url, "plum");
        values["Urls"] = null;
        values["Kestrel:Endpoints:h2:Url"] = "http://127.0.0.1:0";
        values["Kestrel:Endpoints:h2:Protocols"] = "Http2";
        values["ReverseProxy:Routes:plum:Match:Path"] = "/{**rest}";
        values["ReverseProxy:Clusters:upstream:HttpRequest:VersionPolicy"] = nameof(HttpVersionPolicy.RequestVersionExact); // Clear text: nothing is negotiated.
        _gateway = await RunningGateway.StartAsync(values, _tokens, System.Net.HttpVersion.Version20);
        _channel = GrpcChannel.ForAddress(_gateway.Proxy.BaseAddress!);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Unary_call_gets_its_answer_or_its_status()
    {
        var client = new Health.HealthClient(_channel);
        _health.SetStatus("plum", HealthCheckResponse.Types.ServingStatus.Serving);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await client.CheckAsync(new HealthCheckRequest { Service = "plum" })).Status);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.CheckAsync(new HealthCheckRequest { Service = "pear" }));
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
        Assert.Equal(["Bearer access_token_of_plum", "Bearer access_token_of_plum"], _sent);
    }

    [Fact]
    public async Task Server_stream_arrives_message_by_message_and_ends_at_the_deadline()
    {
        var client = new Health.HealthClient(_channel);
        using var call = client.Watch(new HealthCheckRequest { Service = "plum" }, deadline: DateTime.UnixEpoch + (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch) + TimeSpan.FromSeconds(3));
        var seen = new List<HealthCheckResponse.Types.ServingStatus>();

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var response in call.ResponseStream.ReadAllAsync())
            {
                seen.Add(response.Status);
                _health.SetStatus("plum", seen.Count == 1 ? HealthCheckResponse.Types.ServingStatus.Serving : HealthCheckResponse.Types.ServingStatus.NotServing);
            }
        });

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        Assert.Equal(
            [HealthCheckResponse.Types.ServingStatus.ServiceUnknown, HealthCheckResponse.Types.ServingStatus.Serving, HealthCheckResponse.Types.ServingStatus.NotServing], seen);
    }

    [Fact]
    public async Task Both_directions_stream_at_once()
    {
        using var call = new ServerReflection.ServerReflectionClient(_channel).ServerReflectionInfo();

        for (var i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Contains(call.ResponseStream.Current.ListServicesResponse.Service, service => service.Name == "grpc.health.v1.Health");
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Theory]
    [InlineData(TokenFailureCode.TokenUnavailable, StatusCode.Unavailable)]
    [InlineData(TokenFailureCode.ReauthorizationRequired, StatusCode.FailedPrecondition)]
    public async Task Without_a_token_the_client_gets_a_status_that_it_understands(TokenFailureCode code, StatusCode status)
    {
        _tokens.Set("plum", code);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new Health.HealthClient(_channel).CheckAsync(new HealthCheckRequest()));

        Assert.Equal(status, failure.StatusCode);
        Assert.Contains("Something is wrong", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(_sent);
    }
}
