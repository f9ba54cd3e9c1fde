using TokenGateway.Simulation.Provider;
using TokenGateway.Simulation.World;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Simulation;

/// <summary>Refusals and doubts that last for minutes and hours, on virtual time.</summary>
public sealed class RefusalScenarioTests
{
    [Theory]
    [InlineData(false, 5, 80)]
    [InlineData(true, 1, 40)]
    public void A_refusal_that_passes_needs_no_person(bool ofTheClient, int times, int seconds)
    {
        var fate = ofTheClient ? TokenCallFate.ClientRefused : TokenCallFate.Refused;
        using var scenario = new Scenario(change: plan => plan with { Replicas = 1, Store = StoreShape.Durable });
        var calls = 0;
        scenario.Script.TokenCall = _ => ++calls <= times ? fate : TokenCallFate.Good;
        scenario.LogIn();
        var began = scenario.World.Scheduler.Now;
        scenario.First.Start();

        scenario.Until(() => scenario.First.View?.Record is { Generation: 1 });

        Assert.InRange(scenario.World.Scheduler.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(seconds));
        Assert.Empty(scenario.Violations);
    }

    [Fact]
    public void A_refusal_that_lasts_asks_for_a_person_after_15_minutes_and_is_tried_again_each_hour()
    {
        using var scenario = new Scenario(change: plan => plan with { Replicas = 1 });
        var calls = StartRefused(scenario, TokenCallFate.Refused);

        scenario.Until(() => scenario.World.Header is { Rejection: not null });
        var (verdictAt, before) = (scenario.World.Scheduler.Now, calls.Count);
        scenario.Pass(TimeSpan.FromHours(2.5));
        var after = calls.Count - before;
        var stayed = scenario.World.Header;
        scenario.Script.TokenCall = _ => TokenCallFate.Good;
        scenario.Pass(TimeSpan.FromHours(1.1));

        Assert.InRange(verdictAt - calls[0], TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(16));
        Assert.All(calls.Zip(calls.Skip(1)), pair => Assert.True(pair.Second - pair.First > TimeSpan.FromSeconds(0.4), "A loop of requests."));
        Assert.InRange(before, 5, 60);
        Assert.Equal(2, after);
        Assert.Equal("unauthorized_client", stayed!.Rejection);
        Assert.True(scenario.World.Header is { Generation: >= 2, Rejection: null }, "It is not served again by itself.");
        Assert.Empty(scenario.Violations);
    }

    [Fact]
    public void While_the_access_token_lives_no_person_is_asked_for()
    {
        using var scenario = new Scenario(change: plan => plan with { Replicas = 1, Lifetime = TimeSpan.FromMinutes(40), RefreshBefore = TimeSpan.FromMinutes(35) });
        var calls = StartRefused(scenario, TokenCallFate.Refused);

        scenario.Until(() => calls.Count == 1);
        scenario.Pass(TimeSpan.FromMinutes(30));

        Assert.Null(scenario.World.Header!.Rejection);
    }

    [Fact]
    public void A_refused_client_is_asked_at_growing_distances_of_at_most_5_minutes_and_never_given_up()
    {
        using var scenario = new Scenario(change: plan => plan with { Replicas = 1 });
        var calls = StartRefused(scenario, TokenCallFate.ClientRefused);

        scenario.Until(() => calls.Count == 1);
        scenario.Pass(TimeSpan.FromMinutes(40));

        var gaps = calls.Zip(calls.Skip(1), (first, second) => (second - first).TotalSeconds).ToList();
        Assert.Equal([10, 20, 40, 80, 160, 300, 300], gaps.Take(7).Select(gap => Math.Round(gap / 10) * 10));
        Assert.Null(scenario.World.Header!.Rejection);
    }

    [Fact]
    public void A_standby_needs_no_patience()
    {
        using var scenario = new Scenario(change: plan => plan with { Replicas = 1, Patience = TimeSpan.FromHours(10), RefreshBefore = TimeSpan.FromSeconds(100) });
        var standby = scenario.LogIn();
        scenario.LogIn();
        scenario.First.Standby = standby;
        scenario.First.Start();
        scenario.Until(() => scenario.First.View?.Record is { Generation: 1 });
        var (family, expiresAt, calls) = (scenario.First.View!.Record!.Family, scenario.First.View.ExpiresAt, 0);
        scenario.Script.TokenCall = _ => ++calls == 1 ? TokenCallFate.AnswerReset : TokenCallFate.Good;

        scenario.Until(() => scenario.First.View?.Record is { Generation: 1 } record && record.Family != family);

        Assert.True(scenario.World.Scheduler.Now < expiresAt, "Requests were refused although a standby was there.");
        Assert.Empty(scenario.Violations);
    }

    [Fact]
    public void Where_a_reuse_merely_fails_a_lost_response_is_asked_for_again_at_once()
    {
        using var scenario = new Scenario(change: plan => plan with { Replicas = 1, Policy = ReusePolicy.Rejected });
        var calls = new List<DateTimeOffset>();
        scenario.Script.TokenCall = _ =>
        {
            calls.Add(scenario.World.Scheduler.Now);
            return calls.Count == 1 ? TokenCallFate.ErrorBefore : TokenCallFate.Good;
        };
        scenario.LogIn();
        scenario.First.Start();

        scenario.Until(() => calls.Count == 2);

        Assert.True(calls[1] - calls[0] < TimeSpan.FromSeconds(2), $"It waited {calls[1] - calls[0]}.");
    }

    /// <summary>A replica with a first generation, whose provider answers every later call in one way.</summary>
    /// <returns>The moments of those calls.</returns>
    private static List<DateTimeOffset> StartRefused(Scenario scenario, TokenCallFate fate)
    {
        var calls = new List<DateTimeOffset>();
        scenario.LogIn();
        scenario.First.Start();
        scenario.Until(() => scenario.First.View?.Record is { Generation: 1 });
        scenario.Script.TokenCall = _ =>
        {
            calls.Add(scenario.World.Scheduler.Now);
            return fate;
        };
        return calls;
    }
}
