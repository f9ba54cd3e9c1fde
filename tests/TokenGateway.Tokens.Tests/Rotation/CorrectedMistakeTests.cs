using TokenGateway.Simulator.Faults;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Tests.Endpoint;
using TokenGateway.Tokens.Tests.Records;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>A wrong setting costs nothing once it is corrected: what was never exchanged belongs to the settings of now.</summary>
public sealed class CorrectedMistakeTests
{
    [Fact]
    public async Task A_wrong_path_is_named_and_its_correction_brings_a_token_at_once()
    {
        await using var fleet = await Fleet.StartAsync();
        var right = fleet.Credential;
        fleet.Credential = right with { TokenEndpoint = new Uri(fleet.Simulator.BaseUrl + "/nowhere?key=hidden"), Patience = TimeSpan.FromDays(1) };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status is { State: CredentialState.Active, Problem: not null });
        var mistaken = replica.Status;

        await ApplyAsync(fleet, replica, right);
        await replica.UntilAsync(status => status is { Usable: true, Generation: 1, Problem: null });

        Assert.Contains("/nowhere answered 404 (", mistaken.Problem, StringComparison.Ordinal);
        Assert.Contains("OAuthUrl", mistaken.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", mistaken.Problem, StringComparison.Ordinal);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_wrong_client_id_is_corrected_by_a_restart()
    {
        await using var fleet = await Fleet.StartAsync();
        var right = fleet.Credential;
        fleet.Credential = right with { ClientId = "dmeo" };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.Problem?.Contains("ClientId", StringComparison.Ordinal) == true);

        fleet.Credential = right;
        await replica.RestartAsync();

        await replica.UntilAsync(status => status is { Usable: true, Generation: 1, Problem: null });
    }

    [Theory]
    [InlineData("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", CredentialState.InDoubt)]
    [InlineData("HTTP/1.1 400 X\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{\"error\":\"invalid_grant\"}", CredentialState.ReauthorizationRequired)]
    public async Task What_a_wrong_host_said_of_the_seed_no_longer_counts_once_the_host_is_right(string response, CredentialState mistaken)
    {
        await using var wrong = new RawServer(response);
        await using var fleet = await Fleet.StartAsync();
        var right = fleet.Credential with { Patience = TimeSpan.FromDays(1) };
        fleet.Credential = right with { TokenEndpoint = wrong.Uri };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.State == mistaken);

        await ApplyAsync(fleet, replica, right);

        await replica.UntilAsync(status => status is { Usable: true, Generation: 1, Problem: null });
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }

    [Fact]
    public async Task The_same_seed_handed_over_after_the_correction_is_accepted()
    {
        await using var fleet = await Fleet.StartAsync();
        var right = fleet.Credential;
        fleet.Credential = right with { TokenEndpoint = new Uri(fleet.Simulator.BaseUrl + "/nowhere") };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.LastRotation?.Outcome == RotationOutcome.Refused);

        await ApplyAsync(fleet, replica, right);
        var report = await replica.Manager.ReseedAsync(Fleet.Name, new Secret(fleet.Seed.RefreshToken), CancellationToken.None);

        Assert.True(report.Outcome is ReseedOutcome.Accepted or ReseedOutcome.SeedSpent, report.ToString()); // Spent by this fleet: the correction was quicker.
        Assert.Equal(1, replica.Status.Generation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_granted_token_is_not_sent_to_changed_settings_unless_a_person_says_so(bool force)
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var stored = (await fleet.ReadRecordAsync())!.RefreshToken;
        fleet.Credential = fleet.Credential with { TokenEndpoint = new UriBuilder(fleet.Credential.TokenEndpoint) { Query = "other=1" }.Uri };
        await replica.RestartAsync();
        await replica.UntilAsync(status => status.Problem?.Contains("another token endpoint", StringComparison.Ordinal) == true);

        Assert.Equal(RotationOutcome.Forbidden, (await replica.RotateAsync()).Outcome);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
        if (force)
        {
            Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync(force: true)).Outcome);
        }
        else
        {
            Assert.Equal(ReseedOutcome.Accepted, (await replica.Manager.ReseedAsync(Fleet.Name, stored, CancellationToken.None)).Outcome);
        }

        Assert.Equal((2, null), (fleet.Simulator.Counters.TokenCalls, replica.Status.Problem));
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }

    [Fact]
    public async Task An_endpoint_that_has_worked_keeps_the_doubt_and_the_problem_says_what_it_answered()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Status(404));

        Assert.Equal(RotationOutcome.InDoubt, (await replica.RotateAsync()).Outcome);

        Assert.Equal(CredentialState.InDoubt, replica.Status.State);
        Assert.Contains("answered 404 (", replica.Status.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "", null)]
    [InlineData(405, "{}", "application/json")]
    [InlineData(410, "gone", "text/plain")]
    [InlineData(421, "", null)]
    [InlineData(501, "<html>", "text/html")]
    [InlineData(200, "<!doctype html>", "text/html; charset=utf-8")]
    [InlineData(200, "\n <html>", "text/plain")]
    [InlineData(302, "<html>", "text/html")]
    [InlineData(403, "blocked", "Text/HTML")]
    public void An_address_that_never_gave_a_token_and_has_no_token_endpoint_spends_nothing(int status, string body, string? type)
    {
        var response = TestProvider.Raw(status, body) with { ContentType = type };
        var doubt = new TokenEndpointResult.InDoubt("reason");
        var unproven = RecordSamples.Ready();

        Assert.Equal($"http_{status}", Assert.IsType<TokenEndpointResult.Refused>(UnprovenEndpoint.Judge(doubt, response, unproven)).Code);
        Assert.Same(doubt, UnprovenEndpoint.Judge(doubt, response, unproven with { AnsweredBinding = unproven.Binding }));
    }

    [Theory]
    [InlineData(500, "<html>", "text/html")]
    [InlineData(502, "<html>", "text/html")]
    [InlineData(504, "", null)]
    [InlineData(403, "blocked", "text/plain")]
    [InlineData(200, "{\"ok\":1}", "application/json")]
    public void What_may_come_from_a_server_that_did_its_work_leaves_the_doubt(int status, string body, string? type)
    {
        var doubt = new TokenEndpointResult.InDoubt("reason");

        Assert.Same(doubt, UnprovenEndpoint.Judge(doubt, TestProvider.Raw(status, body) with { ContentType = type }, RecordSamples.Ready()));
    }

    [Fact]
    public void A_seed_that_is_bound_anew_keeps_the_request_whose_response_may_come()
    {
        var silent = RecordSamples.Attempt("silent");
        var record = RecordSamples.Ready() with { Generation = 0, Attempts = [silent, RecordSamples.Attempt("ended", doubtful: true)], Rejection = "invalid_grant" };

        var bound = record.BoundTo("binding_2", record.Family, new RotationStamp("id_2", RecordSamples.Noon, "replica_1", TimeSpan.Zero));

        Assert.Equal([silent], bound.Attempts);
        Assert.Null(bound.Rejection);
        Assert.Contains(record.Id, bound.Ancestors);
    }

    private static Task ApplyAsync(Fleet fleet, Replica replica, CredentialSettings settings)
    {
        fleet.Credential = settings;
        return replica.Manager.ApplyAsync([settings], new HashSet<string>(StringComparer.Ordinal) { Fleet.Name });
    }
}
