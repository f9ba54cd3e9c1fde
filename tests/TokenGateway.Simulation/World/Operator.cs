using TokenGateway.Simulation.Scheduling;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Simulation.World;

/// <summary>The person who is paged: logs in again when the fleet says that the refresh token is dead, and sometimes without need.</summary>
internal sealed class Operator : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(20);

    private readonly WorldState _world;
    private readonly SeededRandom _random;
    private readonly List<string> _seeds = [];
    private readonly string? _folder;
    private SecretSource _standby = SecretSource.None;
    private bool _isPaged;

    public Operator(WorldState world)
    {
        _world = world;
        _random = world.Random.Fork();
        _folder = world.Plan.SeedFile ? Directory.CreateTempSubdirectory("tokengateway-simulation-").FullName : null;
    }

    private string SeedPath => Path.Combine(_folder!, "refresh-token");

    /// <summary>Logs in for the first time and starts every replica.</summary>
    public void Begin()
    {
        LogIn();
        foreach (var replica in _world.Replicas)
        {
            replica.Seed = Configured(_seeds[^1]);
            replica.Standby = _standby;
            _world.Scheduler.After(_random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(5)), replica.Start);
        }

        Watch();
    }

    /// <summary>A new login, brought to the replicas one after the other.</summary>
    public void Reseed()
    {
        _world.Totals.Add(Count.Reseeds);
        LogIn();
        if (_folder is null)
        {
            foreach (var replica in _world.Replicas)
            {
                _world.Scheduler.After(_random.Spread(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(3)), () => Redeploy(replica));
            }
        }
    }

    /// <summary>Stops a replica in good order and starts it again, with the newest seed unless somebody rolls back.</summary>
    public void Redeploy(Replica replica)
    {
        void Restart() => _world.Scheduler.After(_random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)), () => Restarted(replica));
        if (replica.IsRunning)
        {
            replica.Stop(Restart);
        }
    }

    /// <summary>A process starts where one has ended.</summary>
    public void Restarted(Replica replica)
    {
        if (_seeds.Count > 1 && _folder is null && _world.Chaos.Strikes("restart with an old seed", 0.15, replica.Name))
        {
            replica.Seed = Configured(_seeds[_random.Below(_seeds.Count - 1)]);
        }
        else
        {
            replica.Seed = Configured(_seeds[^1]);
        }

        replica.Standby = _standby;
        replica.Start();
    }

    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private void Watch() => _world.Scheduler.After(Look, () =>
    {
        Watch();
        if (!_isPaged && _world.Header is { Rejection: not null })
        {
            _isPaged = true;
            _world.Scheduler.After(_random.Spread(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)), AnswerPage);
        }
    });

    private void AnswerPage()
    {
        _isPaged = false;
        if (_world.Header is not { Rejection: not null })
        {
            return; // Somebody knew more, and has healed it.
        }

        var record = _world.Record!;
        var family = _world.Ledger.FamilyOf(record.RefreshToken.Reveal());
        if (!_world.Provider.Provider.Families.First(f => f.Family == family).IsRevoked)
        {
            _world.Ledger.GivenUp(record.RefreshToken.Reveal());
        }

        Reseed();
    }

    private void LogIn()
    {
        var seed = _world.Provider.Provider.IssueSeed();
        _seeds.Add(seed.RefreshToken);
        _world.Ledger.Seeded(seed.Family, seed.RefreshToken);
        _world.Scheduler.Note("operator", $"logs in: {seed.RefreshToken} of {seed.Family}");
        if (_world.Plan.HasStandby)
        {
            var standby = _world.Provider.Provider.IssueSeed();
            _world.Ledger.Seeded(standby.Family, standby.RefreshToken);
            _standby = new SecretSource { Value = new Secret(standby.RefreshToken) };
        }

        if (_folder is not null)
        {
            File.WriteAllText(SeedPath, seed.RefreshToken + "\n");
        }
    }

    private SecretSource Configured(string seed) =>
        _folder is null ? new SecretSource { Value = new Secret(seed) } : new SecretSource { File = SeedPath };
}
