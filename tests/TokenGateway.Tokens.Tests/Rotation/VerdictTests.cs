using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>What the validate endpoint's verdicts set in motion.</summary>
public sealed class VerdictTests
{
    [Fact]
    public async Task An_invalid_verdict_starts_a_rotation_as_soon_as_MinRefreshInterval_allows()
    {
        var shortest = TimeSpan.FromSeconds(1.5);
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = false, Interval = TimeSpan.FromMilliseconds(200) });
        fleet.Credential = fleet.Credential with { MinRefreshInterval = shortest };
        var replica = await fleet.AddLiveReplicaAsync();
        var first = await fleet.EventAsync(EventKind.Rotated);

        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);
        var second = await fleet.EventAsync(EventKind.Rotated, number: 2);
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active, Problem: null });

        // IssuedAt is taken before the request is sent, the event when it has arrived.
        Assert.True(second.At - first.At >= shortest - TimeSpan.FromMilliseconds(500), $"Rotated again after {second.At - first.At}.");
        Assert.Equal(2, fleet.Check(await replica.GetTokenAsync()).Generation);
    }

    [Fact]
    public async Task The_reported_life_corrects_the_expiry_downwards_and_never_upwards()
    {
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = false, Interval = TimeSpan.FromMilliseconds(100) });
        fleet.Credential = fleet.Credential with { MinRefreshInterval = TimeSpan.FromHours(1) };
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Expiry("7200000"));
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Expiry("1800000"));
        var replica = await fleet.AddLiveReplicaAsync();
        var issued = replica.View.Record!.AccessTokenExpiresAt;

        await replica.UntilAsync(status => status.LastValidation is not null);
        Assert.InRange(replica.View.ExpiresAt, issued.AddSeconds(-5), issued);
        await replica.UntilAsync(view => view.ExpiresAt < issued.AddMinutes(-20), "the expiry is corrected downwards");
        var corrected = replica.View.ExpiresAt;
        var validations = fleet.Simulator.Counters.ValidateCalls;
        await replica.UntilAsync(_ => fleet.Simulator.Counters.ValidateCalls > validations + 1, "two more verdicts have come");

        Assert.Equal(corrected, replica.View.ExpiresAt);
    }

    [Fact]
    public async Task A_provider_whose_two_endpoints_disagree_on_the_expiry_is_not_rotated_in_a_loop()
    {
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = true });
        fleet.Credential = fleet.Credential with { MinRefreshInterval = TimeSpan.FromHours(1) };
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Expiry("2000"), 50);
        var replica = await fleet.AddLiveReplicaAsync();

        await replica.UntilAsync(view => view.ExpiresAt < fleet.Time.GetUtcNow().AddMinutes(1), "the expiry is corrected downwards");
        await replica.UntilAsync(status => !status.Usable);
        await replica.PollsAsync(5);

        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task Without_a_verdict_Refuse_withholds_the_token_until_there_is_one()
    {
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = true, OnError = OnValidationError.Refuse }, new FasterTime(5));
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Status(503));
        var replica = await fleet.AddReplicaAsync();

        await replica.UntilAsync(view => view.Withheld, "the token is withheld");
        var failure = (await replica.GetTokenAsync()).Failure!;
        await replica.UntilAsync(status => status.Usable);

        Assert.Equal(TokenFailureCode.TokenUnavailable, failure.Code);
        fleet.Check(await replica.GetTokenAsync());
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task Replicas_share_each_verdict()
    {
        var interval = TimeSpan.FromSeconds(1.5);
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = false, Interval = interval });
        await fleet.AddLiveReplicaAsync();
        await Task.WhenAll(fleet.AddLiveReplicaAsync(), fleet.AddLiveReplicaAsync());

        var first = await fleet.EventAsync(EventKind.FoundValid);
        var seventh = await fleet.EventAsync(EventKind.FoundValid, number: 7);
        await Task.WhenAll(fleet.Replicas.Select(replica => replica.UntilAsync(status => status.LastValidation is not null)));

        // Each for itself, they would come to the seventh after two intervals; sharing, after six, unless two ask in the same moment.
        Assert.True(seventh.At - first.At >= 3.5 * interval, $"Seven validations in {seventh.At - first.At}.");
    }

    private static async Task<Fleet> StartAsync(ValidationSettings validation, TimeProvider? time = null)
    {
        var fleet = await Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromHours(1) }, time: time);
        fleet.Credential = fleet.Credential with { ValidateEndpoint = new Uri(fleet.Simulator.BaseUrl + "/v1/oauth/token"), Validation = validation };
        return fleet;
    }
}
