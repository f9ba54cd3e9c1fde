using TokenGateway.Simulation.Scheduling;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Simulation.World;

/// <summary>What kind of world a seed makes: its size, its settings, and how much goes wrong. No two worlds concentrate on the same faults.</summary>
internal sealed record WorldPlan
{
    public required ulong Seed { get; init; }
    public int Rotations { get; init; } = 40;
    public int Replicas { get; init; } = 3;
    public StoreShape Store { get; init; } = StoreShape.Replicated;
    public ReusePolicy Policy { get; init; } = ReusePolicy.RevokesFamily;
    public TimeSpan ReuseGrace { get; init; }
    public bool KillsOldAccessTokens { get; init; }
    public bool Validates { get; init; }
    public bool SeedFile { get; init; }
    public bool HasStandby { get; init; }
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(4);
    public TimeSpan? RefreshBefore { get; init; }
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(15);
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromSeconds(2);
    public TimeSpan EndpointTimeout { get; init; } = TimeSpan.FromSeconds(8);
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(20);
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The chance of a crash, and of a pause, at each named spot that a process reaches.</summary>
    public double CrashAt { get; init; }
    public double PauseAt { get; init; }

    /// <summary>The chance of either between any two steps.</summary>
    public double AnyStep { get; init; }

    /// <summary>The chance that a store call goes wrong, and that a token call does, each in one of several ways.</summary>
    public double StoreFault { get; init; }
    public double ProviderFault { get; init; }

    /// <summary>How far apart the world's own events are: failovers, partitions, redeployments, clocks that are set.</summary>
    public TimeSpan Events { get; init; } = TimeSpan.MaxValue;

    /// <summary>The protections that are taken out, to see what each of them is good for.</summary>
    public Mechanism Without { get; init; }

    public static WorldPlan Draw(ulong seed, int rotations, Mechanism without)
    {
        var random = new SeededRandom(seed);
        var policy = random.Pick([ReusePolicy.RevokesFamily, ReusePolicy.RevokesFamily, ReusePolicy.RevokesFamily, ReusePolicy.Rejected, ReusePolicy.Grace]);
        var patience = random.Between(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2));
        double Some(double most) => random.Chance(0.3) ? most * 0.1 : most * random.NextDouble();
        return new WorldPlan
        {
            Seed = seed,
            Rotations = rotations,
            Without = without,
            Replicas = 2 + random.Below(3),
            Store = random.Pick([StoreShape.Durable, StoreShape.Forgetful, StoreShape.Replicated, StoreShape.Replicated]),
            Policy = policy,
            ReuseGrace = policy == ReusePolicy.Grace ? random.Between(TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(2)) : TimeSpan.Zero,
            KillsOldAccessTokens = random.Chance(0.3),
            Validates = random.Chance(0.5),
            SeedFile = random.Chance(0.15),
            HasStandby = random.Chance(0.3),
            Patience = patience,
            Lifetime = TimeSpan.FromSeconds(180 + random.Below(240)),
            PollInterval = TimeSpan.FromSeconds(5 + random.Below(25)),
            LongestPause = random.Chance(0.6) ? patience * 0.6 : TimeSpan.FromMinutes(10),
            CrashAt = Some(0.012),
            PauseAt = Some(0.012),
            AnyStep = Some(0.0004),
            StoreFault = Some(0.06),
            ProviderFault = Some(0.3),
            Events = random.Spread(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(15)),
        };
    }
}

/// <summary>What a store can forget.</summary>
internal enum StoreShape
{
    /// <summary>Nothing that it acknowledged: the embedded store.</summary>
    Durable,

    /// <summary>Everything at once, when nobody is at work: one Redis that is flushed or restarted.</summary>
    Forgetful,

    /// <summary>What no replica had when it took over.</summary>
    Replicated,
}
