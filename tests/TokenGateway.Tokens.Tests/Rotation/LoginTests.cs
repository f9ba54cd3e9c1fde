using System.Text.RegularExpressions;
using System.Web;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>A person logs in: the code becomes a pair, which is stored before anything else, and nothing that fails costs the pair before it.</summary>
public sealed class LoginTests
{
    private static readonly Uri Callback = new("http://127.0.0.1:8081/login/callback");

    [Fact]
    public async Task First_login_needs_no_seed_and_its_pair_is_stored_and_survives_a_restart()
    {
        await using var fleet = await StartAsync();
        fleet.Credential = fleet.Credential with { RefreshToken = new SecretSource() };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status is { State: CredentialState.Unseeded, Loaded: true });
        Assert.Contains("login plum", replica.Status.Action, StringComparison.Ordinal);

        var report = await LoginAsync(replica);
        var token = fleet.Check(await replica.GetTokenAsync());
        await replica.RestartAsync();

        Assert.Equal(new ReseedReport(ReseedOutcome.Accepted, null), report);
        Assert.Equal(token.Fingerprint, fleet.Check(await replica.GetTokenAsync()).Fingerprint);
        Assert.Equal((1, 0L), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Rotations));
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        Assert.Equal((2L, null), (replica.Status.Generation, replica.Status.Problem));
    }

    [Fact]
    public async Task A_login_over_a_dead_credential_is_in_use_in_every_replica_and_the_old_seed_does_not_undo_it()
    {
        await using var fleet = await StartAsync();
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        fleet.Simulator.RevokeFamily(fleet.Seed.Family);
        var replica = await fleet.AddReplicaAsync();
        var other = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.State == CredentialState.ReauthorizationRequired && status.Problem!.Contains("login plum", StringComparison.Ordinal));
        var calls = fleet.Simulator.Counters.TokenCalls;

        var report = await LoginAsync(replica);
        await other.UntilAsync(status => status is { State: CredentialState.Active, Usable: true });
        await replica.RestartAsync();
        await replica.PollsAsync(3);

        Assert.Equal(ReseedOutcome.Accepted, report.Outcome);
        Assert.Equal(calls + 1, fleet.Simulator.Counters.TokenCalls);
        Assert.NotEqual(fleet.Seed.Family, fleet.Check(await replica.GetTokenAsync()).Family);
        Assert.Equal(fleet.Check(await replica.GetTokenAsync()).Fingerprint, fleet.Check(await other.GetTokenAsync()).Fingerprint);
    }

    [Fact]
    public async Task A_login_is_in_the_fleets_history_like_any_other_new_generation()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();

        await LoginAsync(replica);
        var report = await replica.Manager.GetReportAsync(Fleet.Name, CancellationToken.None);

        Assert.Equal([1L, 1L], report.History.Select(entry => entry.Generation)); // The seed's first exchange, and above it the login.
        Assert.Equal(report.Status.LastRotation, report.History[0]);
        Assert.Equal((RotationOutcome.Rotated, report.Status.IssuedAt!.Value), (report.History[0].Outcome, report.History[0].At));
    }

    [Fact]
    public async Task A_login_waits_for_a_rotation_that_is_under_way()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var other = await fleet.AddReplicaAsync();
        await other.UntilAsync(status => status.Usable);
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        var rotation = other.RotateAsync();
        await fleet.EventAsync(EventKind.Rotated, 2);

        var login = LoginAsync(replica);
        await replica.PollsAsync(3);
        Assert.False(login.IsCompleted);
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
        fleet.Simulator.Faults.Release();

        Assert.Equal(RotationOutcome.Rotated, (await rotation).Outcome);
        Assert.Equal(ReseedOutcome.Accepted, (await login).Outcome);
        Assert.NotEqual(fleet.Seed.Family, fleet.Check(await replica.GetTokenAsync()).Family);
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }

    [Theory]
    [InlineData("refused", ReseedOutcome.SeedRefused, "Log in again")]
    [InlineData("away", ReseedOutcome.ProviderUnavailable, "could not be reached")]
    [InlineData("lost", ReseedOutcome.InDoubt, "a code cannot be sent again")]
    [InlineData("no refresh token", ReseedOutcome.SeedRefused, "Scope (often offline_access)")]
    [InlineData("spent code", ReseedOutcome.SeedRefused, "it is good once")]
    public async Task A_login_that_fails_is_told_in_words_and_leaves_the_pair_before_it_in_use(string what, ReseedOutcome outcome, string words)
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var request = replica.Manager.BeginLogin(Fleet.Name, Callback);
        var code = what == "refused" ? "never_issued" : await Consent.CodeAsync(request.Url);
        switch (what)
        {
            case "away":
                await fleet.Simulator.StopListeningAsync();
                break;
            case "lost":
                fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));
                break;
            case "no refresh token":
                fleet.Simulator.Faults.Token.Enqueue(new Fault.MissingRefreshToken());
                break;
            case "spent code":
                await replica.Manager.CompleteLoginAsync(Fleet.Name, request, new Secret(code), CancellationToken.None);
                break;
        }

        var before = replica.Status;
        var report = await replica.Manager.CompleteLoginAsync(Fleet.Name, request, new Secret(code), CancellationToken.None);
        await fleet.Simulator.StartListeningAsync();

        Assert.Equal(outcome, report.Outcome);
        Assert.Contains(words, report.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(code, report.Detail, StringComparison.Ordinal);
        Assert.Equal((before.Generation, before.Fingerprint), (replica.Status.Generation, replica.Status.Fingerprint));
        Assert.Equal(what == "spent code" ? RotationOutcome.Rejected : RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
    }

    [Fact]
    public async Task A_pair_whose_write_was_lost_is_in_use_and_comes_into_the_store_by_itself()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        replica.Store.LosesGuardedWrites = true;

        var report = await LoginAsync(replica);
        replica.Store.LosesGuardedWrites = false;
        await replica.UntilAsync(view => !view.Uncommitted, "committed");

        Assert.Equal(ReseedOutcome.Accepted, report.Outcome);
        Assert.Contains("kept on disk", report.Detail, StringComparison.Ordinal);
        Assert.Equal(fleet.Check(await replica.GetTokenAsync()).Fingerprint, replica.Status.Fingerprint);
        Assert.Equal((await fleet.ReadRecordAsync())!.Id, replica.View.Record!.Id);
    }

    [Fact]
    public async Task A_pair_whose_process_died_before_the_store_had_it_is_stored_by_the_next_process()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var fleet = await StartAsync(redis);
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        var login = LoginAsync(replica);
        await fleet.EventAsync(EventKind.Seeded, 2);
        await redis.KillAsync();
        fleet.Simulator.Faults.Release();
        var report = await login;
        var granted = replica.View.Record!.Id;

        await replica.Manager.DisposeAsync();
        await redis.RestartAsync();
        await replica.RestartAsync();
        await replica.UntilAsync(view => view is { Uncommitted: false, Record.Generation: 1 }, "the pair of the journal is stored");

        Assert.Contains("kept on disk", report.Detail, StringComparison.Ordinal);
        Assert.Equal(granted, (await fleet.ReadRecordAsync())!.Id);
        Assert.NotEqual(fleet.Seed.Family, fleet.Check(await replica.GetTokenAsync()).Family);
        Assert.Equal((2, 1), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken));
    }

    [Fact]
    public async Task Two_logins_at_a_time_are_one_after_the_other()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        var first = LoginAsync(replica);
        await fleet.EventAsync(EventKind.Seeded, 2);

        var second = await LoginAsync(replica);
        fleet.Simulator.Faults.Release();

        Assert.Equal(ReseedOutcome.RotationInProgress, second.Outcome);
        Assert.Equal(ReseedOutcome.Accepted, (await first).Outcome);
    }

    [Fact]
    public async Task Where_there_is_no_authorization_endpoint_the_setting_is_named()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();

        var mistake = Assert.Throws<InvalidOperationException>(() => replica.Manager.BeginLogin(Fleet.Name, Callback));

        Assert.Contains("TokenGateway:Credentials:plum:AuthorizationEndpoint", mistake.Message, StringComparison.Ordinal);
        Assert.False(replica.Status.OffersLogin);
    }

    [Fact]
    public async Task The_address_of_a_login_asks_for_what_RFC_6749_and_7636_want_and_keeps_what_it_had()
    {
        await using var fleet = await StartAsync();
        fleet.Credential = fleet.Credential with
        {
            Scope = "offline_access orders",
            Login = new LoginSettings { AuthorizationEndpoint = new Uri(fleet.Simulator.BaseUrl + "/authorize?audience=a%26b"), RedirectUri = new Uri("https://ops.example/login/callback") },
        };
        var replica = await fleet.AddReplicaAsync();

        var (one, other) = (replica.Manager.BeginLogin(Fleet.Name, Callback), replica.Manager.BeginLogin(Fleet.Name, Callback));
        var query = HttpUtility.ParseQueryString(one.Url.Query);

        Assert.Equal(
            ["audience=a&b", "response_type=code", "client_id=demo", "redirect_uri=https://ops.example/login/callback", $"state={one.State}", "code_challenge_method=S256", "scope=offline_access orders"],
            query.AllKeys.Where(name => name != "code_challenge").Select(name => $"{name}={query[name]}"));
        Assert.Matches(new Regex("^[A-Za-z0-9_-]{43}$", RegexOptions.None, TimeSpan.FromSeconds(1)), query["code_challenge"]!);
        Assert.NotEqual(query["code_challenge"], HttpUtility.ParseQueryString(other.Url.Query)["code_challenge"]);
        Assert.NotEqual(one.State, other.State);
        Assert.Equal("plum", one.ToString());
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "http://127.0.0.1:9090", true)]
    [InlineData(null, "http://127.0.0.1:9090/tenant", true)]
    [InlineData(null, "https://elsewhere.example", false)]
    [InlineData(null, "no address", false)]
    [InlineData("https://issuer.example", "https://issuer.example", true)]
    [InlineData("https://issuer.example", "https://issuer.example/", false)]
    [InlineData("https://issuer.example", null, true)]
    public void An_answer_of_another_issuer_is_not_taken(string? configured, string? given, bool taken)
    {
        var settings = new CredentialSettings
        {
            Name = "plum",
            TokenEndpoint = new Uri("http://127.0.0.1:9090/token"),
            ClientId = "client_1",
            Login = new LoginSettings { AuthorizationEndpoint = new Uri("http://127.0.0.1:9090/authorize"), Issuer = configured },
        };

        Assert.Equal(taken, new AuthorizationRequest(settings, Callback, RandomSource.System).IsAnsweredBy(given));
    }

    [Fact]
    public async Task A_code_is_in_no_log()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var request = replica.Manager.BeginLogin(Fleet.Name, Callback);
        var code = await Consent.CodeAsync(request.Url);

        await replica.Manager.CompleteLoginAsync(Fleet.Name, request, new Secret(code), CancellationToken.None);

        Assert.Contains(EventIds.LoginAdopted, fleet.Logged.Ids);
        Assert.All([code, request.State, request.Verifier.Reveal()], secret => Assert.DoesNotContain(fleet.Logged.Messages, line => line.Contains(secret, StringComparison.Ordinal)));
    }

    private static async Task<ReseedReport> LoginAsync(Replica replica)
    {
        var request = replica.Manager.BeginLogin(Fleet.Name, Callback);
        return await replica.Manager.CompleteLoginAsync(Fleet.Name, request, new Secret(await Consent.CodeAsync(request.Url)), CancellationToken.None);
    }

    private static async Task<Fleet> StartAsync(RedisServer? redis = null)
    {
        var fleet = await Fleet.StartAsync(new SimulatorOptions(), redis);
        fleet.Credential = fleet.Credential with { Login = new LoginSettings { AuthorizationEndpoint = new Uri(fleet.Simulator.BaseUrl + "/authorize") } };
        return fleet;
    }
}
