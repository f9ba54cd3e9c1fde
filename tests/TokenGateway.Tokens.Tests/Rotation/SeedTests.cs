using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>What a configured seed does at start, after a restart and when it changes.</summary>
public sealed class SeedTests
{
    private const string SeedSetting = "TokenGateway:Credentials:plum:RefreshTokenFile";

    [Fact]
    public async Task A_seed_without_access_token_is_rotated_at_once()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddReplicaAsync();

        var token = fleet.Check(await replica.GetTokenAsync());

        Assert.Equal((fleet.Seed.Family, 1), (token.Family, token.Generation));
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_restart_with_the_old_seed_sends_nothing()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();

        await replica.RestartAsync();
        var token = fleet.Check(await replica.GetTokenAsync());
        await replica.PollsAsync(3);

        Assert.Equal(1, token.Generation);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal((CredentialState.Active, 1, null), (replica.Status.State, replica.Status.Generation, replica.Status.Problem));
    }

    [Fact]
    public async Task A_new_seed_in_the_file_is_adopted_within_10_s_and_the_old_access_token_serves_until_its_first_answer()
    {
        var time = new FasterTime(5);
        await using var fleet = await Fleet.StartAsync(time: time);
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang());
        var reseed = fleet.Simulator.IssueSeed();

        fleet.WriteSeed(reseed.RefreshToken);
        var written = time.GetTimestamp();
        await fleet.EventAsync(EventKind.Hanging);
        var took = time.GetElapsedTime(written);
        var before = fleet.Check(await replica.GetTokenAsync());
        fleet.Simulator.Faults.Release();
        await replica.UntilAsync(status => status is { State: CredentialState.Active, Generation: 1 });
        var after = fleet.Check(await replica.GetTokenAsync());

        Assert.InRange(took, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10));
        Assert.Equal((fleet.Seed.Family, reseed.Family), (before.Family, after.Family));
    }

    [Fact]
    public async Task A_seed_file_that_is_not_there_is_named_and_nobody_waits_for_it()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.WriteSeed("");
        File.Delete(fleet.SeedPath);
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.Problem?.Contains("TokenGateway:Credentials:plum:RefreshTokenFile", StringComparison.Ordinal) == true);
        var asked = TimeProvider.System.GetTimestamp();

        var failure = (await replica.GetTokenAsync()).Failure!;

        Assert.Equal(TokenFailureCode.TokenUnavailable, failure.Code);
        Assert.Contains("RefreshTokenFile", failure.Message, StringComparison.Ordinal);
        Assert.True(TimeProvider.System.GetElapsedTime(asked) < fleet.Credential.RequestWait / 2);
    }

    [Fact]
    public async Task A_seed_file_that_appears_later_counts_after_two_equal_reads_only()
    {
        var time = new FasterTime(2); // No faster: the second half must be written within 1.5 s of its time.
        await using var fleet = await Fleet.StartAsync(time: time);
        fleet.WriteSeed("");
        File.Delete(fleet.SeedPath);
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.Loaded);
        await replica.PollsAsync(2);
        var half = fleet.Seed.RefreshToken[..20];

        // The writer has only come half way when it is read for the first time.
        await File.WriteAllTextAsync(fleet.SeedPath, half);
        var written = time.GetTimestamp();
        await replica.UntilAsync(_ => time.GetElapsedTime(written) > TimeSpan.FromSeconds(4.5), "4.5 s have passed");
        await File.WriteAllTextAsync(fleet.SeedPath, fleet.Seed.RefreshToken);
        await replica.UntilAsync(status => status.Usable);

        Assert.Equal(0, fleet.Simulator.Counters.Provider.Refused);
    }

    [Fact]
    public async Task An_intermediate_refresh_token_put_into_the_file_is_refused_by_name_and_never_sent()
    {
        await using var fleet = await Fleet.StartAsync(time: new FasterTime(5));
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        var replica = await fleet.AddLiveReplicaAsync();
        var intermediate = replica.View.Record!.RefreshToken.Reveal();
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);

        fleet.WriteSeed(intermediate);
        await replica.UntilAsync(status => status.Problem?.Contains(SeedSetting, StringComparison.Ordinal) == true);
        await replica.PollsAsync(3);

        Assert.DoesNotContain(intermediate, replica.Status.Problem, StringComparison.Ordinal);
        Assert.Equal((2, 2L), (fleet.Simulator.Counters.TokenCalls, replica.Status.Generation));
    }

    [Fact]
    public async Task An_earlier_adopted_seed_put_back_is_refused_by_name_and_never_sent()
    {
        await using var fleet = await Fleet.StartAsync(time: new FasterTime(5));
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.WriteSeed(fleet.Simulator.IssueSeed().RefreshToken);
        await fleet.EventAsync(EventKind.Rotated, number: 2);

        fleet.WriteSeed(fleet.Seed.RefreshToken);
        await replica.UntilAsync(status => status.Problem?.Contains(SeedSetting, StringComparison.Ordinal) == true);
        await replica.PollsAsync(3);

        Assert.Equal((2, 1), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken));
    }

    [Fact]
    public async Task A_new_seed_ends_a_doubt_at_once()
    {
        await using var fleet = await Fleet.StartAsync(time: new FasterTime(5));
        fleet.Credential = fleet.Credential with { Patience = TimeSpan.FromDays(1) };
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.State == CredentialState.InDoubt);

        await AssertReseedHealsAsync(fleet, replica);
    }

    [Fact]
    public async Task A_new_seed_brings_a_dead_credential_back()
    {
        await using var fleet = await Fleet.StartAsync(time: new FasterTime(5));
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        fleet.Simulator.RevokeFamily(fleet.Seed.Family);
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.State == CredentialState.ReauthorizationRequired);

        await AssertReseedHealsAsync(fleet, replica);
    }

    private static async Task AssertReseedHealsAsync(Fleet fleet, Replica replica)
    {
        var calls = fleet.Simulator.Counters.TokenCalls;
        var reseed = fleet.Simulator.IssueSeed();
        fleet.WriteSeed(reseed.RefreshToken);
        await replica.UntilAsync(status => status is { State: CredentialState.Active, Usable: true });

        Assert.Equal(reseed.Family, fleet.Check(await replica.GetTokenAsync()).Family);
        Assert.Equal((calls + 1, null), (fleet.Simulator.Counters.TokenCalls, replica.Status.Problem));
    }
}
