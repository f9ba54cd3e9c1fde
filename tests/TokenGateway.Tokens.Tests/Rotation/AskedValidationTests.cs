using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>A person, or a request that met a 401, wants a verdict now.</summary>
public sealed class AskedValidationTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Asked_the_endpoint_is_called_however_fresh_the_last_verdict_is()
    {
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = true, Interval = TimeSpan.FromHours(1), CacheFor = TimeSpan.FromHours(1) });
        var replica = await fleet.AddLiveReplicaAsync();
        await replica.UntilAsync(status => status.LastValidation is not null);

        var report = await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);

        Assert.Equal((ValidationVerdict.Valid, null), (report.Verdict, report.Error));
        Assert.Equal(2, fleet.Simulator.Counters.ValidateCalls);
        Assert.Equal(report, replica.Status.LastValidation);
    }

    [Fact]
    public async Task All_who_ask_while_a_verdict_is_on_its_way_share_it()
    {
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = false, Interval = TimeSpan.Zero });
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Hang(AfterProcessing: true));
        var first = replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);
        await fleet.EventAsync(EventKind.Hanging);

        var others = Enumerable.Range(0, 1000).Select(_ => replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None)).ToArray();
        fleet.Simulator.Faults.Release();

        Assert.All(await Task.WhenAll([first, .. others]), report => Assert.Equal(ValidationVerdict.Valid, report.Verdict));
        Assert.Equal(1, fleet.Simulator.Counters.ValidateCalls);
    }

    [Fact]
    public async Task An_invalid_token_is_rotated_at_once()
    {
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = false, Interval = TimeSpan.Zero });
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);

        var report = await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal((ValidationVerdict.Invalid, "invalid_token"), (report.Verdict, report.Error));
        fleet.Check(await replica.GetTokenAsync());
    }

    [Fact]
    public async Task Without_a_validate_endpoint_the_answer_names_the_setting()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();

        var report = await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);

        Assert.Equal(ValidationVerdict.Unknown, report.Verdict);
        Assert.Contains("TokenGateway:Credentials:plum:ValidateEndpoint", report.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_engine_validates_nothing()
    {
        await using var fleet = await StartAsync(new ValidationSettings { OnAdopt = false, Interval = TimeSpan.Zero });
        var replica = await fleet.AddLiveReplicaAsync();
        await replica.Manager.StopAsync(CancellationToken.None);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None));
    }

    [Fact]
    public async Task A_verdict_older_than_an_ask_leaves_it_open()
    {
        var asked = new AskedValidations();
        var early = asked.AskAsync(Start);
        var late = asked.AskAsync(Start.AddSeconds(2));

        asked.End(new ValidationReport(Start.AddSeconds(1), ValidationVerdict.Valid), upTo: Start.AddSeconds(1));
        Assert.False(early.IsCompleted || late.IsCompleted);
        asked.End(new ValidationReport(Start.AddSeconds(2), ValidationVerdict.Invalid), upTo: Start.AddSeconds(3));

        Assert.Equal(ValidationVerdict.Invalid, (await early).Verdict);
        Assert.Equal(ValidationVerdict.Invalid, (await late).Verdict);
        Assert.Null(asked.Since);
    }

    private static async Task<Fleet> StartAsync(ValidationSettings validation)
    {
        var fleet = await Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromHours(1) });
        fleet.Credential = fleet.Credential with { ValidateEndpoint = new Uri(fleet.Simulator.BaseUrl + "/v1/oauth/token"), Validation = validation };
        return fleet;
    }
}
