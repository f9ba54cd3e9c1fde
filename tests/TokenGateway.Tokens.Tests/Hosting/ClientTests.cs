using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Tests.Rotation;

namespace TokenGateway.Tokens.Tests.Hosting;

/// <summary>The ways in which a service comes to an <see cref="HttpClient"/>, each with its credential's token.</summary>
public sealed class ClientTests
{
    private static readonly Uri Hello = new("/api/hello", UriKind.Relative);

    [Fact]
    public async Task Each_client_carries_the_token_of_its_own_credential()
    {
        await using var library = await LibraryHost.CreateAsync("plum", "pear");
        await library.StartAsync("plum", "pear");

        var plum = await library.Client("plum").GetFromJsonAsync<JsonElement>(Hello);
        var pear = await library.Client("pear").GetFromJsonAsync<JsonElement>(Hello);

        Assert.Equal(library.Services.GetRequiredKeyedService<ITokenSource>("plum").GetStatus().Fingerprint, plum.GetProperty("fingerprint").GetString());
        Assert.Equal(library.Services.GetRequiredKeyedService<ITokenSource>("pear").GetStatus().Fingerprint, pear.GetProperty("fingerprint").GetString());
        Assert.NotEqual(plum.GetProperty("fingerprint").GetString(), pear.GetProperty("fingerprint").GetString());
        Assert.Equal(2, library.Simulator.Counters.Rotations);
    }

    [Fact]
    public async Task Typed_keyed_and_proxied_clients_all_carry_it()
    {
        await using var library = await LibraryHost.CreateAsync("plum");
        await library.StartAsync(services =>
        {
            services.AddTokenGateway(library.Configuration);
            services.AddHttpClient<HelloClient>(client => client.BaseAddress = new Uri(library.Simulator.UpstreamUrl)).AddBearerToken("plum");
            library.AddClient(services, "keyed").AddAsKeyed().AddBearerToken("plum");
            library.AddClient(services, "proxied").AddTypedClient(CallProxy.Over).AddBearerToken("plum");
        });

        await library.Services.GetRequiredService<HelloClient>().HelloAsync();
        await library.Services.GetRequiredKeyedService<HttpClient>("keyed").GetStringAsync(Hello);
        var answer = await library.Services.GetRequiredService<IHello>().HelloAsync("api/a", new { size = 3 });

        Assert.Equal("POST", answer.GetProperty("method").GetString());
        Assert.Equal((3, 0, 1), (library.Simulator.Counters.UpstreamRequests, library.Simulator.Counters.Unauthorized, library.Simulator.Counters.Rotations));
    }

    [Fact]
    public async Task A_dead_token_is_replaced_and_the_content_is_sent_again()
    {
        await using var library = await LibraryHost.CreateAsync("plum");
        await library.StartAsync("plum");
        await library.UntilAsync("plum", status => status.Usable);
        Assert.True(library.Simulator.InvalidateAccessTokens(library.Simulator.Provider.Families.Single().Family));

        using var answer = await library.Client("plum").PostAsJsonAsync(Hello, new { size = 3 });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((2, 1), (library.Simulator.Counters.UpstreamRequests, library.Simulator.Counters.Unauthorized));
    }

    [Fact]
    public async Task A_caller_who_goes_away_does_not_cancel_the_rotation()
    {
        await using var library = await LibraryHost.CreateAsync("plum");
        library.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        await library.StartAsync("plum");
        using var gone = new CancellationTokenSource();
        var call = library.Client("plum").GetAsync(Hello, gone.Token);
        using var limit = new CancellationTokenSource(Fleet.Bound, TimeProvider.System);
        await library.Simulator.Events.WaitAsync(happened => happened.Kind == EventKind.Rotated, limit.Token);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        library.Simulator.Faults.Release();

        await library.UntilAsync("plum", status => status is { Generation: 1, Usable: true });
        Assert.Equal((0, 1), (library.Simulator.Counters.UpstreamRequests, library.Simulator.Counters.TokenCalls));
    }

    [Fact]
    public async Task Without_a_token_nothing_is_sent_and_the_exception_says_why()
    {
        await using var library = await LibraryHost.CreateAsync("plum");
        library.Set("plum", "RefreshToken", "revoked_refresh_token");
        await library.StartAsync("plum");
        await library.UntilAsync("plum", status => status.State == CredentialState.ReauthorizationRequired);

        var dead = await Assert.ThrowsAsync<TokenUnavailableException>(() => library.Client("plum").GetAsync(Hello));
        var asked = await Assert.ThrowsAsync<TokenUnavailableException>(() => library.Services.GetRequiredKeyedService<ITokenSource>("plum").GetTokenAsync().AsTask());

        Assert.Equal((TokenFailureCode.ReauthorizationRequired, null, "plum"), (dead.Code, dead.RetryAfter, dead.Failure.Credential));
        Assert.Equal(dead.Failure, asked.Failure);
        Assert.Equal(0, library.Simulator.Counters.UpstreamRequests);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_worth_waiting_for()
    {
        await using var library = await LibraryHost.CreateAsync("plum");
        library.Set("plum", "RequestWait", "00:00:00.05");
        await library.Simulator.StopListeningAsync();
        await library.StartAsync("plum");

        var away = await Assert.ThrowsAsync<TokenUnavailableException>(() => library.Client("plum").GetAsync(Hello));

        Assert.Equal(TokenFailureCode.TokenUnavailable, away.Code);
        Assert.True(away.RetryAfter > TimeSpan.Zero);
    }

    [Fact]
    public async Task Services_have_tokens_from_their_start_to_their_stop_in_whatever_order_they_were_added()
    {
        await using var library = await LibraryHost.CreateAsync("plum");
        await library.StartAsync(services =>
        {
            services.AddHostedService<EarlyAndLate>();
            services.AddTokenGateway(library.Configuration);
            library.AddClient(services, "plum").AddBearerToken("plum");
            services.AddHostedService<EarlyAndLate>();
        });
        await library.StopAsync();

        Assert.Equal((2, 0), (library.Simulator.Counters.UpstreamRequests, library.Simulator.Counters.Unauthorized));
    }

    [Fact]
    public async Task No_log_of_the_client_shows_the_token_at_the_level_Trace()
    {
        await using var library = await LibraryHost.CreateAsync("plum");
        await library.StartAsync("plum");
        await library.Client("plum").GetStringAsync(Hello);

        var token = await library.Services.GetRequiredKeyedService<ITokenSource>("plum").GetTokenAsync();
        Assert.Contains(library.Logged.Messages, line => line.Contains("/api/hello", StringComparison.Ordinal));
        Assert.DoesNotContain(library.Logged.Messages, line => line.Contains(token.Reveal(), StringComparison.Ordinal));
    }

    private sealed class HelloClient(HttpClient http)
    {
        public Task<string> HelloAsync() => http.GetStringAsync(Hello);
    }

    /// <summary>Calls the API while it starts, and once more while it stops.</summary>
    private sealed class EarlyAndLate(IHttpClientFactory clients) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => clients.CreateClient("plum").GetStringAsync(Hello, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => clients.CreateClient("plum").GetStringAsync(Hello, cancellationToken);
    }
}
