using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>A refresh token that may have been spent: served on, waited for, sent again when that is safe, and never oftener.</summary>
public sealed class DoubtTests
{
    [Fact]
    public async Task An_answer_lost_after_processing_is_waited_out_then_asked_for_once_and_then_never_again()
    {
        await using var fleet = await StartAsync(TimeSpan.FromSeconds(6));
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));

        var report = await replica.RotateAsync();
        var doubted = replica.View;
        var safeAt = doubted.Record!.Attempts.Single().SendBy + fleet.Credential.TokenEndpointTimeout + fleet.Credential.Patience;
        var dyingAt = InDoubtPolicy.DyingAt(fleet.Credential, doubted.Record, doubted.ExpiresAt);
        Assert.Equal((RotationOutcome.InDoubt, CredentialState.InDoubt), (report.Outcome, replica.Status.State));
        Assert.Equal(1, fleet.Check(await replica.GetTokenAsync()).Generation);

        var resent = await fleet.EventAsync(EventKind.Reused);
        await replica.UntilAsync(status => status.State == CredentialState.ReauthorizationRequired);
        await replica.UntilAsync(status => !status.Usable);
        await replica.PollsAsync(3);

        Assert.True(safeAt < dyingAt, "The access token's life is what is waited for here.");
        Assert.True(resent.At >= dyingAt, $"Sent again at {resent.At:O}, while the access token lived until {dyingAt:O}.");
        Assert.Equal(3, fleet.Simulator.Counters.TokenCalls);
        var failure = (await replica.GetTokenAsync()).Failure!;
        Assert.Equal((TokenFailureCode.ReauthorizationRequired, null), (failure.Code, failure.RetryAfter));
    }

    [Fact]
    public async Task Without_a_live_access_token_the_patience_runs_all_the_same()
    {
        await using var fleet = await StartAsync(TimeSpan.FromHours(1));
        fleet.Credential = fleet.Credential with { RequestWait = TimeSpan.FromMilliseconds(200) };
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: false));
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.State == CredentialState.InDoubt);
        var safeAt = replica.View.Record!.Attempts.Single().SendBy + fleet.Credential.TokenEndpointTimeout + fleet.Credential.Patience;

        var failure = (await replica.GetTokenAsync()).Failure!;
        var resent = await fleet.EventAsync(EventKind.Rotated);
        await replica.UntilAsync(status => status is { State: CredentialState.Active, Usable: true });

        Assert.Equal(TokenFailureCode.RotationInDoubt, failure.Code);
        Assert.True(resent.At >= safeAt, $"Sent again at {resent.At:O}, before {safeAt:O}.");
        Assert.Equal((2, 0L, null), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Reuses, replica.Status.Problem));
    }

    [Fact]
    public async Task A_request_waits_for_a_resend_that_is_due_within_RequestWait()
    {
        await using var fleet = await StartAsync(TimeSpan.FromHours(1));
        fleet.Credential = fleet.Credential with
        {
            TokenEndpointTimeout = TimeSpan.FromSeconds(4), // A resend that a busy machine lets run into it would be in doubt itself.
            LeaseDuration = TimeSpan.FromSeconds(6),
            RequestWait = Fleet.Bound,
        };
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: false));
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.State == CredentialState.InDoubt);

        Assert.Equal(1, fleet.Check(await replica.GetTokenAsync()).Generation);
    }

    [Fact]
    public async Task A_foreign_attempt_whose_owner_is_gone_is_waited_out_and_then_sent_again()
    {
        await using var fleet = await StartAsync(TimeSpan.FromHours(1));
        var replica = await fleet.AddLiveReplicaAsync();
        await replica.Manager.DisposeAsync();
        var now = fleet.Time.GetUtcNow();
        var abandoned = new Attempt("attempt_1", "gone/0", now, now.AddMilliseconds(500), Doubtful: false);
        await fleet.AmendRecordAsync(record => record with { Id = "id_2", Ancestors = record.Lineage(), Attempts = [abandoned], IssuedAt = now.AddHours(-1), AccessTokenExpiresAt = now });

        await replica.RestartAsync();
        var resent = await fleet.EventAsync(EventKind.Rotated, number: 2);
        await replica.UntilAsync(status => status is { State: CredentialState.Active, Usable: true });

        var safeAt = abandoned.SendBy + fleet.Credential.TokenEndpointTimeout + fleet.Credential.Patience;
        Assert.True(resent.At >= safeAt, $"Sent again at {resent.At:O}, before {safeAt:O}.");
        Assert.Equal(2, replica.Status.Generation);
    }

    [Fact]
    public async Task Within_the_providers_grace_the_token_is_sent_again_at_once_and_wins()
    {
        var grace = TimeSpan.FromMinutes(1);
        await using var fleet = await StartAsync(TimeSpan.FromHours(1), new SimulatorOptions { ReuseGrace = grace });
        fleet.Credential = fleet.Credential with { ReusePolicy = ReusePolicy.Grace, ReuseGrace = grace, Patience = TimeSpan.FromDays(1) };
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));
        var replica = await fleet.AddLiveReplicaAsync();

        fleet.Check(await replica.GetTokenAsync());
        Assert.Equal((1L, 0L, 2L), (fleet.Simulator.Counters.ReusesInGrace, fleet.Simulator.Counters.Reuses, fleet.Simulator.Counters.TokenCalls));
    }

    [Fact]
    public async Task Where_reuse_merely_fails_no_patience_is_needed()
    {
        await using var fleet = await StartAsync(TimeSpan.FromHours(1), new SimulatorOptions { RevokeFamilyOnReuse = false });
        fleet.Credential = fleet.Credential with { ReusePolicy = ReusePolicy.Rejected, Patience = TimeSpan.FromDays(1) };
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: false));
        var replica = await fleet.AddLiveReplicaAsync();

        fleet.Check(await replica.GetTokenAsync());
        Assert.Equal((2, 0L), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Reuses));
    }

    [Fact]
    public async Task A_server_error_leaves_the_token_in_doubt()
    {
        await using var fleet = await StartAsync(TimeSpan.FromHours(1));
        fleet.Credential = fleet.Credential with { Patience = TimeSpan.FromDays(1) };
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Status(503));
        var replica = await fleet.AddReplicaAsync();

        await replica.UntilAsync(status => status.State == CredentialState.InDoubt);
        await replica.PollsAsync(3);

        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    /// <summary>A window of 500 ms to send in, 1 s to answer and half a second of patience.</summary>
    private static async Task<Fleet> StartAsync(TimeSpan lifetime, SimulatorOptions? options = null)
    {
        var fleet = await Fleet.StartAsync((options ?? new SimulatorOptions()) with { AccessTokenLifetime = lifetime });
        fleet.Credential = fleet.Credential with
        {
            TokenEndpointTimeout = TimeSpan.FromSeconds(1),
            LeaseDuration = TimeSpan.FromSeconds(2.5),
            RefreshBefore = TimeSpan.FromSeconds(1),
        };
        return fleet;
    }
}
