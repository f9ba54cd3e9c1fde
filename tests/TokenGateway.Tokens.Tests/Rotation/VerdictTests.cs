using Microsoft.Extensions.Time.Testing;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Validation;

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
    public async Task A_token_that_died_with_a_lost_rotation_is_refused_with_the_code_and_not_sent()
    {
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = false, Interval = TimeSpan.FromHours(1) });
        fleet.Credential = fleet.Credential with { Patience = TimeSpan.FromHours(1), MinRefreshInterval = TimeSpan.FromHours(1) };
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));
        await replica.Manager.RotateAsync(Fleet.Name, force: true, CancellationToken.None);
        await replica.UntilAsync(status => status is { State: CredentialState.InDoubt, Usable: true });
        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);

        await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);

        Assert.False(replica.Status.Usable);
        Assert.Equal(TokenFailureCode.RotationInDoubt, (await replica.GetTokenAsync()).Failure!.Code);
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

    [Fact]
    public async Task The_last_verdicts_are_remembered_newest_first_with_who_asked_about_which_generation_and_why_not_valid()
    {
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = true, Interval = TimeSpan.Zero, CacheFor = TimeSpan.FromHours(1) });
        fleet.Credential = fleet.Credential with { MinRefreshInterval = TimeSpan.Zero };
        var replica = await fleet.AddLiveReplicaAsync();
        await replica.UntilAsync(status => status.Validations.Count == 1);
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Status(503));

        await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);
        await replica.RotateAsync();
        await replica.UntilAsync(status => status.Validations.Count == 3);
        var known = replica.Status.Validations;

        Assert.Equal(
            [(ValidationVerdict.Valid, null, 2L), (ValidationVerdict.Unknown, "http_503", 1L), (ValidationVerdict.Valid, null, 1L)],
            known.Select(verdict => (verdict.Verdict, verdict.Error, verdict.Generation!.Value)));
        Assert.All(known, verdict => Assert.Equal(replica.Status.LastRotation!.By, verdict.By));
        Assert.Equal(known.OrderByDescending(verdict => verdict.At), known);
        Assert.Equal(replica.Status.LastValidation, known[0]);
    }

    /// <summary>As of a token of seconds, about which the endpoint was asked a moment too late: nothing was served until MinRefreshInterval was over.</summary>
    [Fact]
    public async Task An_invalid_verdict_never_puts_off_what_the_clock_asks_for()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = false, Interval = TimeSpan.Zero }, time);
        fleet.Credential = fleet.Credential with { MinRefreshInterval = TimeSpan.FromHours(10) };
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);
        Assert.Equal(ValidationVerdict.Invalid, (await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None)).Verdict);

        time.Advance(TimeSpan.FromMinutes(50)); // A fifth of its life is left.

        await replica.UntilAsync(status => status is { Generation: 2, Usable: true });
    }

    [Fact]
    public async Task A_verdict_that_a_peer_has_shared_is_remembered_as_the_peers()
    {
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = true, Interval = TimeSpan.FromMilliseconds(200), CacheFor = TimeSpan.FromHours(1) });
        var replica = await fleet.AddLiveReplicaAsync();
        await replica.UntilAsync(status => status.Validations.Count == 1);
        fleet.Credential = fleet.Credential with { Validation = new ValidationSettings { OnAdopt = true, Interval = TimeSpan.FromHours(1), CacheFor = TimeSpan.FromHours(1) } };
        var other = await fleet.AddReplicaAsync();
        await other.UntilAsync(status => status.Validations.Count == 1);

        Assert.Contains(other.Status.Validations[0].At, replica.Status.Validations.Select(verdict => DateTimeOffset.FromUnixTimeMilliseconds(verdict.At.ToUnixTimeMilliseconds())));
        Assert.Equal(replica.Status.LastRotation!.By, other.Status.Validations[0].By);
    }

    [Fact]
    public void No_more_than_20_verdicts_are_remembered_and_each_of_them_once()
    {
        var first = new ValidationReport(DateTimeOffset.UnixEpoch, ValidationVerdict.Invalid, "invalid_token", "replica-1", 7);
        var known = Enumerable.Range(0, 30).Aggregate<int, IReadOnlyList<ValidationReport>>([], (list, i) => list.With(first with { At = first.At.AddSeconds(i) }));

        var again = known.With(known[^1] with { Error = null }); // As it comes back from the cache.

        Assert.Equal(Enumerable.Range(10, 20).Reverse().Select(i => first.At.AddSeconds(i)), known.Select(verdict => verdict.At));
        Assert.Equal(known, again);
    }

    private static async Task<Fleet> StartAsync(ValidationSettings validation, TimeProvider? time = null)
    {
        var fleet = await Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromHours(1) }, time: time);
        fleet.Credential = fleet.Credential with { ValidateEndpoint = new Uri(fleet.Simulator.BaseUrl + "/v1/oauth/token"), Validation = validation };
        return fleet;
    }
}
