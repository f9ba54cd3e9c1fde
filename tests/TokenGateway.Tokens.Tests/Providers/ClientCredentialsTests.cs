using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Tests.Rotation;

namespace TokenGateway.Tokens.Tests.Providers;

/// <summary>Tokens that the client gets in its own name: the same lease, store and sharing, and nothing that could be lost.</summary>
public sealed class ClientCredentialsTests
{
    [Fact]
    public async Task Two_replicas_share_each_token_and_ask_once_for_it()
    {
        await using var fleet = await StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2) });
        var (one, other) = (await fleet.AddLiveReplicaAsync(), await fleet.AddLiveReplicaAsync());

        await other.UntilAsync(status => status is { Generation: >= 4, State: CredentialState.Active });
        await one.UntilAsync(status => status.Generation == other.Status.Generation && status.Fingerprint == other.Status.Fingerprint);

        Assert.Equal(GrantType.ClientCredentials, one.Status.Grant);
        Assert.Equal(Provider.ClientFamily, fleet.Check(await one.GetTokenAsync()).Family);
        Assert.Equal(fleet.Simulator.Counters.Rotations, fleet.Simulator.Counters.TokenCalls);
        Assert.InRange(fleet.Simulator.Counters.TokenCalls, one.Status.Generation, one.Status.Generation + 1);
        Assert.Equal(new Secret("client_credentials"), (await fleet.ReadRecordAsync())!.RefreshToken);
    }

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task A_lost_answer_is_asked_for_again_and_nothing_is_in_doubt(Fault lost)
    {
        await using var fleet = await StartAsync();
        fleet.Simulator.Faults.Token.Enqueue(lost);
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(view => view.LastRotation is not null, "the first attempt has ended");
        var first = replica.Status;

        await replica.UntilAsync(status => status is { Usable: true, State: CredentialState.Active, Problem: null });

        Assert.Equal(RotationOutcome.NotSent, first.LastRotation!.Outcome);
        Assert.NotEqual(CredentialState.InDoubt, first.State);
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
        Assert.Empty((await fleet.ReadRecordAsync())!.Attempts);
    }

    public static TheoryData<Fault> LostAnswers => [new Fault.Drop(AfterProcessing: true), new Fault.Status(503), new Fault.Html(), new Fault.Truncate(30), new Fault.MalformedJson()];

    [Fact]
    public async Task What_a_replica_began_that_is_no_more_is_asked_for_again_at_once()
    {
        await using var fleet = await StartAsync();
        var first = await fleet.AddLiveReplicaAsync();
        await first.DisposeAsync();
        var now = fleet.Time.GetUtcNow();
        await fleet.AmendRecordAsync(record => record with
        {
            AccessTokenExpiresAt = now,
            Attempts = [new Attempt("attempt_1", "gone/1", now, now + TimeSpan.FromMinutes(10), Doubtful: false)],
        });

        var second = await fleet.AddReplicaAsync();
        await second.UntilAsync(status => status is { Usable: true, Generation: 2, State: CredentialState.Active });

        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_provider_that_refuses_is_asked_again_and_nobody_need_log_in()
    {
        await using var fleet = await StartAsync(time: new FasterTime(20));
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Status(400, Body: """{"error":"invalid_grant"}"""), 3);
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Status(400, Body: """{"error":"invalid_scope"}"""), 4);
        var replica = await fleet.AddReplicaAsync();

        await replica.UntilAsync(status => status.LastRotation is { Outcome: RotationOutcome.Refused, Error: { } error } && error.Contains("invalid_scope", StringComparison.Ordinal));
        await replica.UntilAsync(status => status is { Usable: true, State: CredentialState.Active });

        Assert.Equal(8, fleet.Simulator.Counters.TokenCalls);
        Assert.Null((await fleet.ReadRecordAsync())!.Rejection);
    }

    [Fact]
    public async Task No_room_for_a_journal_is_no_reason_to_wait()
    {
        await using var fleet = await StartAsync();
        fleet.DiskIsFull = true;
        var replica = await fleet.AddLiveReplicaAsync();

        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        Assert.Null(replica.Status.Problem);
    }

    [Fact]
    public async Task A_token_that_an_upstream_calls_dead_is_replaced_once()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var dead = (await replica.GetTokenAsync()).Token!.Reveal();
        fleet.Simulator.InvalidateAccessTokens(Provider.ClientFamily);

        var recovered = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
            replica.Manager.RecoverAsync(Fleet.Name, dead, TokenRefusal.InvalidToken, CancellationToken.None)));

        Assert.All(recovered, token => Assert.Equal(2, fleet.Simulator.Provider.Check(token!.Reveal())!.Generation));
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_reseed_is_refused_since_there_is_nothing_to_replace()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();

        var report = await replica.Manager.ReseedAsync(Fleet.Name, new Secret(fleet.Seed.RefreshToken), CancellationToken.None);

        Assert.Equal(ReseedOutcome.NoRefreshToken, report.Outcome);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_credential_changes_its_grant_and_back_and_once_more()
    {
        await using var fleet = await Fleet.StartAsync();
        var (withSeed, without) = (fleet.Credential, ClientCredentialsSettings.Of(fleet.Credential));
        var replica = await fleet.AddLiveReplicaAsync();

        await RestartAsync(without, Provider.ClientFamily);
        await RestartAsync(withSeed with { RefreshToken = new SecretSource { Value = new Secret(fleet.Simulator.IssueSeed().RefreshToken) } }, "family-");
        await RestartAsync(without with { ClientId = fleet.Simulator.Options.ClientId }, Provider.ClientFamily);

        Assert.Equal((1, 0L), (fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken, fleet.Simulator.Counters.Provider.Refused));

        async Task RestartAsync(CredentialSettings settings, string family)
        {
            fleet.Credential = settings;
            await replica.RestartAsync();
            await replica.UntilAsync(status => status is { Usable: true, State: CredentialState.Active, Generation: > 0, Problem: null } && Holds(family));
        }

        bool Holds(string family) => fleet.Simulator.Provider.Check(replica.Manager.Agent(Fleet.Name).Memory.Live!.Result.Token!.Reveal())?.Family.StartsWith(family, StringComparison.Ordinal) == true;
    }

    [Fact]
    public async Task Another_client_takes_the_record_over_without_a_reseed()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Options = fleet.Simulator.Options with { ClientId = "another" };
        fleet.Credential = fleet.Credential with { ClientId = "another" };

        await replica.RestartAsync();
        await replica.UntilAsync(status => status is { Usable: true, State: CredentialState.Active, Problem: null } && fleet.Simulator.Counters.Rotations == 2);
    }

    private static async Task<Fleet> StartAsync(SimulatorOptions? options = null, TimeProvider? time = null)
    {
        var fleet = await Fleet.StartAsync(options, time: time);
        fleet.Credential = ClientCredentialsSettings.Of(fleet.Credential);
        return fleet;
    }
}
