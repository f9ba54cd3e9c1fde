using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>A refresh token that one credential holds or has spent is never another's seed; a renamed credential is taken over.</summary>
public sealed class TokenOwnerTests
{
    private const string Other = "prune";

    [Fact]
    public async Task A_renamed_credential_does_not_send_its_spent_seed_and_names_both()
    {
        await using var fleet = await Fleet.StartAsync();
        await (await fleet.AddLiveReplicaAsync()).DisposeAsync();

        fleet.Credential = fleet.Credential with { Name = Other };
        var renamed = await fleet.AddReplicaAsync();
        await renamed.UntilAsync(status => status.Problem?.Contains("belongs to the credential plum", StringComparison.Ordinal) == true);

        Assert.Contains("TokenGateway:Credentials:prune:FormerName", renamed.Status.Problem, StringComparison.Ordinal);
        Assert.Equal((1, 0), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Reuses));
    }

    [Fact]
    public async Task FormerName_takes_the_record_over_and_ends_the_former_name()
    {
        await using var fleet = await Fleet.StartAsync();
        var plum = fleet.Credential;
        var former = await fleet.AddLiveReplicaAsync();

        fleet.Credential = plum with { Name = Other, FormerName = Fleet.Name };
        var renamed = await fleet.AddReplicaAsync();
        await renamed.UntilAsync(status => status is { Usable: true, Generation: 1, Problem: null });
        await former.UntilAsync(status => status.State == CredentialState.ReauthorizationRequired);

        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal(RotationOutcome.Rotated, (await renamed.RotateAsync()).Outcome);
        Assert.Contains(Other, former.Status.Problem, StringComparison.Ordinal);
        Assert.NotEqual(RotationOutcome.Rotated, (await former.RotateAsync(force: true)).Outcome);
        await renamed.RestartAsync();
        await renamed.UntilAsync(status => status is { Usable: true, Generation: 2, Problem: null });
        Assert.Equal((2, 0), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Reuses));
    }

    [Fact]
    public async Task A_reseed_with_another_credentials_token_is_refused_with_both_names()
    {
        await using var fleet = await Fleet.StartAsync();
        await fleet.AddLiveReplicaAsync();
        var current = (await fleet.ReadRecordAsync())!.RefreshToken;
        fleet.Credential = Another(fleet, fleet.Simulator.IssueSeed());
        var other = await fleet.AddLiveReplicaAsync();

        foreach (var token in new[] { current, new Secret(fleet.Seed.RefreshToken) })
        {
            var report = await other.Manager.ReseedAsync(Other, token, CancellationToken.None);
            Assert.Equal(ReseedOutcome.SeedSpent, report.Outcome);
            Assert.Contains("of prune belongs to the credential plum", report.Detail, StringComparison.Ordinal);
        }

        Assert.Equal((2, 0), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Reuses));
    }

    [Fact]
    public async Task A_standby_that_belongs_to_another_credential_is_not_used()
    {
        await using var fleet = await Fleet.StartAsync();
        await fleet.AddLiveReplicaAsync();
        var seed = fleet.Simulator.IssueSeed();
        fleet.Credential = Another(fleet, seed) with { StandbyRefreshToken = new SecretSource { Value = new Secret(fleet.Seed.RefreshToken) } };
        var other = await fleet.AddLiveReplicaAsync();

        fleet.Simulator.RevokeFamily(seed.Family);
        Assert.Equal(RotationOutcome.Rejected, (await other.RotateAsync()).Outcome);
        await other.UntilAsync(_ => fleet.Logged.Ids.Contains(1018), "the refused standby");

        Assert.Equal(CredentialState.ReauthorizationRequired, other.Status.State);
        Assert.Null(other.Status.Standby);
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }

    [Fact]
    public async Task Seeds_that_were_swapped_and_never_exchanged_may_be_swapped_back()
    {
        await using var fleet = await Fleet.StartAsync(time: new FasterTime(5));
        var (right, second) = (fleet.Credential, fleet.Simulator.IssueSeed());
        fleet.WriteSeed(second.RefreshToken);
        fleet.Credential = fleet.Credential with { TokenEndpoint = new Uri(fleet.Simulator.BaseUrl + "/nowhere") };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.LastRotation?.Outcome == RotationOutcome.Refused);

        fleet.WriteSeed(fleet.Seed.RefreshToken);
        fleet.Credential = fleet.Credential with { TokenEndpoint = right.TokenEndpoint };
        await replica.RestartAsync();
        await replica.UntilAsync(view => view.Record?.HasUsed(new Secret(fleet.Seed.RefreshToken)) == true, "its own seed");
        fleet.Credential = Another(fleet, second);
        var other = await fleet.AddLiveReplicaAsync();

        Assert.Equal(second.Family, fleet.Check(await other.GetTokenAsync()).Family);
    }

    [Fact]
    public async Task Beside_an_empty_store_a_journal_that_cannot_be_read_is_a_reason_not_to_seed()
    {
        await using var fleet = await Fleet.StartAsync();
        await (await fleet.AddLiveReplicaAsync()).DisposeAsync();
        fleet.Store = fleet.Store with { Path = fleet.Store.Path + ".new" };
        fleet.EncryptionKeys = [new SecretSource { Value = new Secret(Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray())) }];

        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.Problem?.Contains("TokenGateway:Encryption:Keys", StringComparison.Ordinal) == true);
        await replica.PollsAsync(2);

        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal(CredentialState.Unseeded, replica.Status.State);
    }

    private static CredentialSettings Another(Fleet fleet, Seed seed) =>
        fleet.Credential with { Name = Other, RefreshToken = new SecretSource { Value = new Secret(seed.RefreshToken) } };
}
