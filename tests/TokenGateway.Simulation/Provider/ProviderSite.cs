using TokenGateway.Simulation.Oracle;
using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.Stores;
using TokenGateway.Simulation.World;
using TokenGateway.Simulator;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Simulation.Provider;

/// <summary>A world's provider: the strict one that tests and the demo use, on virtual time, with its tokens numbered.</summary>
internal sealed class ProviderSite
{
    private int _tokens;

    public ProviderSite(Scheduler scheduler, Chaos chaos, WorldPlan plan, Ledger ledger)
    {
        Scheduler = scheduler;
        Chaos = chaos;
        Plan = plan;
        Ledger = ledger;
        var options = new SimulatorOptions
        {
            AccessTokenLifetime = plan.Lifetime,
            ReuseGrace = plan.ReuseGrace,
            RevokeFamilyOnReuse = plan.Policy != ReusePolicy.Rejected,
            KillOldAccessTokenOnRotation = plan.KillsOldAccessTokens,
        };
        Provider = new Simulator.OAuth.Provider(options, new WorldTime(scheduler), () => $"token_{++_tokens}");
    }

    public Scheduler Scheduler { get; }

    public Chaos Chaos { get; }

    public WorldPlan Plan { get; }

    public Ledger Ledger { get; }

    public Simulator.OAuth.Provider Provider { get; }

    /// <summary>Who can reach the provider.</summary>
    public StoreNetwork Network { get; } = new();

    public TimeSpan Latency() => Chaos.Random.Between(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(80));

    public TokenCallFate DrawFate(Process process)
    {
        if (!Chaos.Enabled || !Chaos.Random.Chance(Plan.ProviderFault))
        {
            return Chaos.Script.TokenCall(process);
        }

        var fate = (TokenCallFate)(1 + Chaos.Random.Below((int)TokenCallFate.ClientRefused));
        Chaos.Hit("token call " + fate, process.Name);
        return fate;
    }

    /// <summary>The request has arrived.</summary>
    public ProviderReply Answer(Presentation presentation, TokenCallFate fate)
    {
        switch (fate)
        {
            case TokenCallFate.RateLimited:
                return ProviderReply.Error(429, "slow_down", TimeSpan.FromSeconds(Chaos.Random.Below(20)));
            case TokenCallFate.Refused:
                return ProviderReply.Error(400, "unauthorized_client");
            case TokenCallFate.ClientRefused:
                return ProviderReply.Error(401, "invalid_client");
            case TokenCallFate.ErrorBefore:
                return ProviderReply.Text(503, "<html>busy</html>");
            case TokenCallFate.Redirect:
                return ProviderReply.Text(307, "");
        }

        var reply = Rotate(presentation, fate == TokenCallFate.KeepsRefreshToken);
        var isSpoilt = fate is TokenCallFate.ErrorAfter or TokenCallFate.Unreadable;
        if (isSpoilt)
        {
            presentation.Answer = AnswerFate.Lost;
        }

        return fate == TokenCallFate.ErrorAfter ? ProviderReply.Text(502, "<html>bad gateway</html>")
            : fate == TokenCallFate.Unreadable ? ProviderReply.Text(200, "welcome") // Not HTML, which from an unproven endpoint means that nothing is spent.
            : reply;
    }

    private ProviderReply Rotate(Presentation presentation, bool keep)
    {
        var options = Provider.Options;
        var before = Provider.Counters.ReusesInGrace;
        var reuses = Provider.Counters.Reuses;
        switch (Provider.Rotate(presentation.Token, options.ClientId, options.ClientSecret, keep))
        {
            case RotationResult.Granted granted:
                Scheduler.Note("provider", $"grants {granted.RefreshToken ?? "no refresh token"} for {presentation.Token}");
                Ledger.Granted(presentation, granted.RefreshToken, Provider.Counters.ReusesInGrace > before);
                return ProviderReply.Grant(granted.AccessToken.Value, granted.RefreshToken, options.AccessTokenLifetime);
            case RotationResult.InvalidGrant refused:
                Scheduler.Note("provider", $"refuses {presentation.Token}: {refused.Description}");
                if (Provider.Counters.Reuses > reuses)
                {
                    Ledger.Reused(presentation, options.RevokeFamilyOnReuse);
                }

                return ProviderReply.Error(400, "invalid_grant");
            default:
                throw new InvalidOperationException("The simulated provider has no limits and one client.");
        }
    }

    private sealed class WorldTime(Scheduler scheduler) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => scheduler.Now;
    }
}
