using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>Refusals leave the refresh token unspent: they are waited out, and only some of them need a person.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task A_status_that_is_known_to_spend_nothing_is_retried_for_as_long_as_it_lasts()
    {
        await using var fleet = await StartShortLivedAsync();
        fleet.Credential = fleet.Credential with { UnspentStatuses = new HashSet<int> { 503 } };
        await AssertOutlastsAsync(fleet, new Fault.Status(503));
    }

    [Fact]
    public async Task A_rate_limit_never_counts_as_a_refusal_that_needs_a_person()
    {
        await using var fleet = await StartShortLivedAsync();
        await AssertOutlastsAsync(fleet, new Fault.Status(429));
    }

    [Fact]
    public async Task Retry_After_is_honoured()
    {
        await using var fleet = await StartShortLivedAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Status(429, RetryAfter: TimeSpan.FromSeconds(2)));
        var replica = await fleet.AddReplicaAsync();

        var refused = await fleet.EventAsync(EventKind.Faulted);
        await replica.UntilAsync(status => status.Problem is not null);
        var failure = (await replica.GetTokenAsync()).Failure!;
        var rotated = await fleet.EventAsync(EventKind.Rotated);

        Assert.Equal(TokenFailureCode.TokenUnavailable, failure.Code);
        Assert.InRange(failure.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        Assert.InRange(rotated.At - refused.At, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task A_new_client_secret_is_tried_at_once()
    {
        await using var fleet = await Fleet.StartAsync();
        await File.WriteAllTextAsync(fleet.SecretPath, "wrong\n");
        fleet.Credential = fleet.Credential with { ClientSecret = new SecretSource { File = fleet.SecretPath } };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.Problem is not null);
        await replica.PollsAsync(5);
        Assert.Contains("ClientSecret", replica.Status.Problem, StringComparison.Ordinal);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
        var written = TimeProvider.System.GetTimestamp();

        await File.WriteAllTextAsync(fleet.SecretPath, fleet.Simulator.Options.ClientSecret + "\n");
        await replica.UntilAsync(status => status is { Usable: true, Problem: null });

        Assert.True(TimeProvider.System.GetElapsedTime(written) < TimeSpan.FromSeconds(8), "The pause of the refused secret must not hold the new one up.");
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_refused_client_is_tried_again_after_10_s_and_until_then_says_when()
    {
        await using var fleet = await Fleet.StartAsync(time: new FasterTime(5));
        fleet.Credential = fleet.Credential with { RequestWait = TimeSpan.FromSeconds(2) };
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Status(401, Body: """{"error":"invalid_client"}"""));
        var replica = await fleet.AddReplicaAsync();
        var refused = await fleet.EventAsync(EventKind.Faulted);
        await replica.UntilAsync(status => status.Problem is not null);

        var failure = (await replica.GetTokenAsync()).Failure!;
        var planned = replica.Status.NextRotationAt!.Value - fleet.Time.GetUtcNow();
        var report = await replica.RotateAsync();
        var rotated = await fleet.EventAsync(EventKind.Rotated);
        await replica.UntilAsync(status => status is { Usable: true, Problem: null });

        Assert.InRange(failure.RetryAfter!.Value, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(10));
        Assert.InRange(planned, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));
        Assert.Equal(RotationOutcome.Forbidden, report.Outcome);
        Assert.Contains("ClientSecret", report.Error, StringComparison.Ordinal);
        Assert.InRange(rotated.At - refused.At, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(20));
    }

    /// <summary>A token of 2 s: the pauses between attempts are at most a tenth of what is left of it.</summary>
    private static Task<Fleet> StartShortLivedAsync() => Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2) });

    private static async Task AssertOutlastsAsync(Fleet fleet, Fault fault)
    {
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(fault, 4);

        await replica.UntilAsync(status => status.Problem is not null);
        await fleet.EventAsync(EventKind.Rotated, number: 2);
        await replica.UntilAsync(status => status is { State: CredentialState.Active, Usable: true, Problem: null });

        Assert.Equal(0, fleet.Simulator.Faults.Token.Pending);
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }
}
