using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Tests.Endpoint;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>Responses that lack something: the pair is kept, and a person learns what to set.</summary>
public sealed class ResponseProblemTests
{
    private const string Tokenless = """{"id_token":"e.e.e","token_type":"Bearer","refresh_token":"refresh_token_2","refresh_token_expires_in":1209600}""";

    [Fact]
    public async Task Response_without_an_access_token_is_not_asked_for_again_in_a_loop_and_names_the_settings()
    {
        await using var provider = new RawServer(TestProvider.Http(200, Tokenless));
        await using var fleet = await StartAsync(provider);
        var first = await fleet.AddReplicaAsync();
        await first.UntilAsync(status => status is { Generation: 1, State: CredentialState.Active });
        var second = await fleet.AddReplicaAsync();

        await second.PollsAsync(8);

        Assert.Single(provider.Connections);
        Assert.Equal("refresh_token_2", (await fleet.ReadRecordAsync())!.RefreshToken.Reveal());
        Assert.All(fleet.Replicas, replica =>
        {
            Assert.Contains("TokenGateway:Credentials:plum:Scope", replica.Status.Problem, StringComparison.Ordinal);
            Assert.Contains("BearerFrom", replica.Status.Problem, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Changed_settings_ask_again_at_once_and_serve_the_id_token()
    {
        await using var provider = new RawServer(TestProvider.Http(200, Tokenless));
        await using var fleet = await StartAsync(provider);
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status is { Generation: 1, State: CredentialState.Active });

        var changed = fleet.Credential with { BearerFrom = BearerFrom.IdToken };
        await replica.Manager.ApplyAsync([changed], new HashSet<string>(StringComparer.Ordinal) { Fleet.Name });
        await replica.UntilAsync(status => status is { Generation: 2, Usable: true });

        Assert.Equal("e.e.e", (await replica.GetTokenAsync()).Token!.Reveal());
        Assert.Null(replica.Status.Problem);
    }

    [Fact]
    public async Task Token_of_a_foreign_type_is_served_and_its_field_is_named_by_every_replica()
    {
        await using var provider = new RawServer(TestProvider.Http(200, """{"access_token":"access_token_2","token_type":"DPoP","refresh_token":"refresh_token_2","expires_in":3600}"""));
        await using var fleet = await StartAsync(provider);
        var first = await fleet.AddReplicaAsync();
        await first.UntilAsync(status => status is { Generation: 1, Usable: true });
        var second = await fleet.AddReplicaAsync();
        await second.UntilAsync(status => status is { Generation: 1, Usable: true });

        Assert.All(fleet.Replicas, replica => Assert.Contains("token_type DPoP", replica.Status.Problem, StringComparison.Ordinal));
        Assert.Single(provider.Connections);
    }

    [Fact]
    public async Task Pair_below_the_top_is_used_and_the_setting_that_pins_it_is_logged_once()
    {
        await using var provider = new RawServer(TestProvider.Http(200, """{"data":{"access_token":"access_token_2","refresh_token":"refresh_token_2","expires_in":3600}}"""));
        await using var fleet = await StartAsync(provider);
        var replica = await fleet.AddLiveReplicaAsync();

        await replica.RotateAsync();
        await replica.RotateAsync();

        Assert.Equal((3L, "access_token_2"), (replica.Status.Generation, (await replica.GetTokenAsync()).Token!.Reveal()));
        Assert.Single(fleet.Logged.Ids, EventIds.PairFoundBelow);
    }

    [Fact]
    public async Task What_the_provider_says_stands_in_the_problem_without_the_token_that_it_repeats()
    {
        await using var fleet = await Fleet.StartAsync();
        var seed = fleet.Seed.RefreshToken;
        await using var provider = new RawServer(TestProvider.Http(400, $$"""{"error":"invalid_grant","error_description":"The token {{seed}} was revoked by an administrator."}"""));
        fleet.Credential = fleet.Credential with { TokenEndpoint = provider.Uri };
        var replica = await fleet.AddReplicaAsync();

        await replica.UntilAsync(status => status is { State: CredentialState.ReauthorizationRequired, LastRotation: not null });

        Assert.Contains("(invalid_grant: The token *** was revoked by an administrator.)", replica.Status.Problem, StringComparison.Ordinal);
        Assert.Equal("invalid_grant: The token *** was revoked by an administrator.", replica.Status.LastRotation!.Error);
    }

    private static async Task<Fleet> StartAsync(RawServer provider)
    {
        var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { TokenEndpoint = provider.Uri };
        return fleet;
    }
}
