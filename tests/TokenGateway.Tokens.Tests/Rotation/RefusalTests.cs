using System.Collections.Concurrent;
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
    public async Task Five_other_refusals_in_a_row_need_a_person()
    {
        await using var fleet = await StartShortLivedAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(Refusal, 10);

        await replica.UntilAsync(status => status.State == CredentialState.ReauthorizationRequired);
        await replica.PollsAsync(3);

        Assert.Equal(1 + 5, fleet.Simulator.Counters.TokenCalls);
        Assert.Contains("invalid_scope", replica.Status.Problem, StringComparison.Ordinal);
    }

    /// <summary>What is shown while the store is told: a verdict that comes, goes and comes again is a false alarm for whoever looks in between.</summary>
    [Fact]
    public async Task A_verdict_that_was_shown_stays()
    {
        await using var fleet = await StartShortLivedAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var shown = new ConcurrentQueue<CredentialState>();
        replica.Store.Asked += () => shown.Enqueue(replica.Status.State);
        fleet.Simulator.Faults.Token.Enqueue(Refusal, 10);

        await replica.UntilAsync(status => status.State == CredentialState.ReauthorizationRequired);
        await replica.PollsAsync(1);

        var afterwards = shown.SkipWhile(state => state != CredentialState.ReauthorizationRequired).ToList();
        Assert.NotEmpty(afterwards);
        Assert.All(afterwards, state => Assert.Equal(CredentialState.ReauthorizationRequired, state));
    }

    [Fact]
    public async Task Refusals_of_one_refresh_token_do_not_count_against_the_next()
    {
        await using var fleet = await Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(20) }, time: new FasterTime(5));
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(Refusal, 6);
        await replica.UntilAsync(status => status.State == CredentialState.ReauthorizationRequired);

        // The sixth refusal meets the new seed, and must not condemn it.
        fleet.WriteSeed(fleet.Simulator.IssueSeed().RefreshToken);
        await fleet.EventAsync(EventKind.Rotated, number: 2);
        await replica.UntilAsync(status => status is { State: CredentialState.Active, Problem: null });
    }

    [Fact]
    public async Task A_refused_client_waits_until_its_secret_changes_and_recovers()
    {
        await using var fleet = await Fleet.StartAsync();
        await File.WriteAllTextAsync(fleet.SecretPath, "wrong\n");
        fleet.Credential = fleet.Credential with { ClientSecret = new SecretSource { File = fleet.SecretPath } };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.Problem is not null);
        await replica.PollsAsync(5);
        Assert.Contains("ClientSecret", replica.Status.Problem, StringComparison.Ordinal);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);

        await File.WriteAllTextAsync(fleet.SecretPath, fleet.Simulator.Options.ClientSecret + "\n");
        await replica.UntilAsync(status => status is { Usable: true, Problem: null });

        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_refused_client_without_a_secret_is_not_sent_again_and_says_so_to_whoever_asks_for_a_rotation()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { ClientSecret = SecretSource.None };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.Problem is not null);
        await replica.PollsAsync(5);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);

        var report = await replica.RotateAsync().WaitAsync(Fleet.Bound, TimeProvider.System);

        Assert.Equal(RotationOutcome.Forbidden, report.Outcome);
        Assert.Contains("ClientSecret", report.Error, StringComparison.Ordinal);
    }

    private static Fault Refusal => new Fault.Status(400, Body: """{"error":"invalid_scope"}""");

    /// <summary>A token of 2 s: the pauses between attempts are at most a tenth of what is left of it.</summary>
    private static Task<Fleet> StartShortLivedAsync() => Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2) });

    private static async Task AssertOutlastsAsync(Fleet fleet, Fault fault)
    {
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(fault, 6);

        await replica.UntilAsync(status => status.Problem is not null);
        await fleet.EventAsync(EventKind.Rotated, number: 2);
        await replica.UntilAsync(status => status is { State: CredentialState.Active, Usable: true, Problem: null });

        Assert.Equal(0, fleet.Simulator.Faults.Token.Pending);
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }
}
