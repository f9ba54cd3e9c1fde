using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Simulation.Disk;
using TokenGateway.Simulation.Provider;
using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.Stores;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Journal;
using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Simulation.World;

/// <summary>One place where the engine runs: a machine with its clock and its configuration, and one process after the other on it.</summary>
internal sealed class Replica(WorldState world, int number)
{
    private static readonly byte[] Key = new byte[KeyRing.KeySize];

    private int _boots;
    private StoreConnection? _connection;

    public string Name { get; } = $"r{number}";

    public WallClock Wall { get; } = new();

    public Volume Volume { get; } = new();

    /// <summary>The seed in its configuration, which may be an old one.</summary>
    public SecretSource Seed { get; set; } = SecretSource.None;

    /// <summary>A second refresh token, of a family of its own.</summary>
    public SecretSource Standby { get; set; } = SecretSource.None;

    /// <summary>The process of now, which may be dead; null before the first.</summary>
    public Process? Process { get; private set; }

    public TokenManager? Manager { get; private set; }

    public bool IsRunning => Process?.State == ProcessState.Running;

    public CredentialView? View => IsRunning ? Manager?.Agent(WorldState.Credential).Memory.View : null;

    /// <summary>A new process takes the last one's place.</summary>
    public void Start()
    {
        End();
        var process = new Process(world.Scheduler, $"{Name}.{++_boots}");
        Process = process;
        _connection = new StoreConnection(world.Store, process);
        world.Totals.Add(Count.Processes);
        world.Scheduler.Note(process.Name, "starts");
        process.Begin(() =>
        {
            Manager = new TokenManager([Settings()], Compose(process, _connection));
            _ = Manager.StartAsync(CancellationToken.None);
        });
    }

    /// <summary>Nothing of the process is left.</summary>
    /// <param name="machineCrash">Set when the machine goes down with it, so that what was not flushed is lost.</param>
    public void End(SeededRandom? machineCrash = null)
    {
        if (Process is { State: not ProcessState.Dead } process)
        {
            process.Crash();
            Volume.Release(process, machineCrash);
        }

        if (_connection is not null)
        {
            world.Store.Close(_connection);
        }
    }

    /// <summary>SIGTERM: the process ends by itself, or is killed half a minute later.</summary>
    public void Stop(Action ended)
    {
        if (Process is not { State: ProcessState.Running } process || Manager is not { } manager)
        {
            return;
        }

        world.Scheduler.Note(process.Name, "is told to stop");
        process.Begin(() => _ = StopAsync(process, manager, ended));
    }

    private async Task StopAsync(Process process, TokenManager manager, Action ended)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), new SimulatedTime(world.Scheduler, process, Wall));
        await manager.StopAsync(limit.Token);
        world.Scheduler.Note(process.Name, "stopped");
        ended();
    }

    private CredentialSettings Settings()
    {
        var plan = world.Plan;
        return new CredentialSettings
        {
            Name = WorldState.Credential,
            TokenEndpoint = new Uri("https://provider.example/token"),
            ValidateEndpoint = plan.Validates ? new Uri("https://provider.example/validate") : null,
            ClientAuthentication = ClientAuthentication.ClientSecretPost,
            RequestFormat = RequestFormat.Json,
            ClientId = world.Provider.Provider.Options.ClientId,
            ClientSecret = new SecretSource { Value = new Secret(world.Provider.Provider.Options.ClientSecret) },
            RefreshToken = Seed,
            StandbyRefreshToken = Standby,
            TokenEndpointTimeout = plan.EndpointTimeout,
            LeaseDuration = plan.Lease,
            RefreshBefore = plan.RefreshBefore,
            Patience = plan.Without.HasFlag(Mechanism.Patience) ? TimeSpan.Zero : plan.Patience,
            ReusePolicy = plan.Policy,
            ReuseGrace = plan.ReuseGrace,
            MinRefreshInterval = TimeSpan.FromSeconds(10),
            Validation = new ValidationSettings { Interval = plan.Validates ? TimeSpan.FromMinutes(1) : TimeSpan.Zero, OnAdopt = plan.Validates },
        };
    }

    private EngineContext Compose(Process process, StoreConnection connection)
    {
        var time = new SimulatedTime(world.Scheduler, process, Wall);
        var random = world.Random.Fork();
        var loggers = NullLoggerFactory.Instance;
        var tokens = new HttpMessageInvoker(new TokenHandler(world.Provider, process));
        var validation = new HttpMessageInvoker(new ValidateHandler(world.Provider, process));
        var keys = new KeyRing([Key], random);
        return new EngineContext
        {
            Journal = new Journal(new SimulatedDisk(world.Disks, Volume, process), keys, random, NullLogger<Journal>.Instance),
            Safeguards = Safeguards.All & ~WithoutSafeguards(world.Plan.Without),
            Store = new RetriedReads(connection, world.Plan.StoreTimeout, time, random),
            StoreSettings = new StoreSettings { PollInterval = world.Plan.PollInterval, OperationTimeout = world.Plan.StoreTimeout },
            Codec = new RecordCodec(keys, random),
            TokenEndpoint = new TokenEndpointClient(tokens, time, NullLogger.Instance),
            ValidateEndpoint = new ValidateClient(validation, time, random, TokenMetrics.Unobserved, NullLogger.Instance),
            Cache = world.Cache,
            Time = time,
            Random = random,
            Replica = new ReplicaIdentity(Name, process.Name),
            Loggers = loggers,
        };
    }

    private static Safeguards WithoutSafeguards(Mechanism without) =>
        (without.HasFlag(Mechanism.Intent) ? Safeguards.Intent : Safeguards.None)
        | (without.HasFlag(Mechanism.Deadline) ? Safeguards.Deadline : Safeguards.None)
        | (without.HasFlag(Mechanism.HealForward) ? Safeguards.HealForward : Safeguards.None)
        | (without.HasFlag(Mechanism.AdoptedSeeds) ? Safeguards.AdoptedSeeds : Safeguards.None)
        | (without.HasFlag(Mechanism.ReloadUnderLease) ? Safeguards.ReloadUnderLease : Safeguards.None);
}
