using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.Stores;

namespace TokenGateway.Simulation.World;

/// <summary>What happens to a world as a whole, now and then: networks, servers, clocks, redeployments.</summary>
internal sealed class Weather(WorldState world, Operator person)
{
    private readonly SeededRandom _random = world.Random.Fork();

    public void Begin()
    {
        Save();
        Next();
    }

    private void Next() => world.Scheduler.After(_random.Exponential(world.Plan.Events), () =>
    {
        if (world.Chaos.Enabled)
        {
            Strike();
            Next();
        }
    });

    private void Strike()
    {
        var replica = _random.Pick(world.Replicas);
        switch (_random.Below(16))
        {
            case 0:
                Cut(world.Store.Network, replica, "replica cut off from the store", reconnects: true);
                break;
            case 1:
                StoreAway();
                break;
            case 2:
                Cut(world.Provider.Network, replica, "replica cut off from the provider", reconnects: false);
                break;
            case 3:
                ProviderAway();
                break;
            case 4:
                FailOver();
                break;
            case 5:
                ReplicaLag();
                break;
            case 6:
                SetClock(replica);
                break;
            case 7:
                if (replica.Process is { } process)
                {
                    world.Chaos.Pause(process, "machine suspended", suspended: true);
                }

                break;
            case 8:
                Kill(replica);
                break;
            case 9:
                Hit("redeployment", replica.Name);
                person.Redeploy(replica);
                break;
            case 10:
                Hit("reseed while all is well", "operator");
                person.Reseed();
                break;
            case 11:
                DiskTrouble(replica);
                break;
            case 12:
                LoseVolume(replica);
                break;
            case 13:
                BlackOut();
                break;
            case 14:
                Forget();
                break;
            default:
                Ask(replica);
                break;
        }
    }

    private void Hit(string fault, string who) => world.Chaos.Hit(fault, who);

    private void Cut(StoreNetwork network, Replica replica, string fault, bool reconnects)
    {
        Hit(fault, replica.Name);
        network.Cut(replica.Name);
        world.Scheduler.After(Duration(), () =>
        {
            network.Mend(replica.Name);
            if (reconnects)
            {
                world.Store.Reconnect();
            }
        });
    }

    private void StoreAway()
    {
        Hit("store away", "store");
        world.Store.Network.IsDown = true;
        world.Scheduler.After(Duration(), StoreBack);
    }

    private void StoreBack()
    {
        world.Store.Network.IsDown = false;
        world.Store.Reconnect();
    }

    private void ProviderAway()
    {
        Hit("provider away", "provider");
        world.Provider.Network.IsDown = true;
        world.Scheduler.After(Duration(), () => world.Provider.Network.IsDown = false);
    }

    private void FailOver()
    {
        if (world.Plan.Store != StoreShape.Replicated)
        {
            return;
        }

        Hit("failover", "store");
        world.Totals.Add(Count.Failovers);
        world.Store.Network.IsDown = true;
        world.Scheduler.After(_random.Spread(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30)), () =>
        {
            if (world.Store.Server.FailOver(_random.Below) > 0)
            {
                Hit("failover that lost something", "store");
            }

            world.Store.ClockSkew = _random.Between(TimeSpan.FromMilliseconds(-300), TimeSpan.FromMilliseconds(300));
            StoreBack();
        });
    }

    private void ReplicaLag()
    {
        if (world.Plan.Store == StoreShape.Replicated)
        {
            Hit("store's replica cut off", "store");
            world.Store.Network.ReplicaIsCutOff = true;
            world.Scheduler.After(Duration(), () => world.Store.Network.ReplicaIsCutOff = false);
        }
    }

    private void SetClock(Replica replica)
    {
        Hit("wall clock set", replica.Name);
        replica.Wall.Skew = replica.Wall.Skew == TimeSpan.Zero
            ? _random.Spread(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)) * (_random.Chance(0.5) ? 1 : -1)
            : TimeSpan.Zero;
    }

    private void Kill(Replica replica)
    {
        if (replica.Process is { State: not ProcessState.Dead } process)
        {
            Hit("crash at rest", process.Name);
            world.Chaos.Crash(process);
        }
    }

    private void DiskTrouble(Replica replica)
    {
        if (_random.Chance(0.5))
        {
            Hit("disk full", replica.Name);
            replica.Volume.IsFull = true;
        }
        else
        {
            Hit("disk fails", replica.Name);
            replica.Volume.Fails = true;
        }

        world.Scheduler.After(Duration(), () => (replica.Volume.IsFull, replica.Volume.Fails) = (false, false));
    }

    /// <summary>A pod that comes back elsewhere.</summary>
    private void LoseVolume(Replica replica)
    {
        if (replica.Process is { State: not ProcessState.Dead } process)
        {
            Hit("volume lost", process.Name);
            world.Chaos.Crash(process);
            replica.Volume.Lose();
            world.Ledger.VolumeLost(replica.Name);
        }
    }

    /// <summary>Only where nobody is at work and everybody knows the record: a store that forgets an intent is out of anybody's power.</summary>
    private void Forget()
    {
        if (world.Plan.Store == StoreShape.Durable || world.Header is not { Attempts.Count: 0 } header || world.Replicas.Any(r => r.View?.Record?.Id != header.Id))
        {
            return;
        }

        if (_random.Chance(0.5))
        {
            Hit("store forgot everything", "store");
            world.Store.Server.Wipe();
        }
        else
        {
            Hit("store went back to a backup", "store");
            world.Store.Server.Restore();
        }

        world.Witnesses.StoreForgot();
        world.Store.Reconnect();
    }

    /// <summary>All processes end and the store is empty: only the journals know, once every replica has had the time to put the record there.</summary>
    private void BlackOut()
    {
        var isSettled = world.Scheduler.Ticks - world.Store.RecordSince > (world.Plan.PollInterval * 3).Ticks;
        if (world.Plan.Store == StoreShape.Durable || !isSettled || world.Header is not { Attempts.Count: 0 } header || world.Replicas.Any(r => r.View?.Record?.Id != header.Id))
        {
            return;
        }

        Hit("all processes end and the store forgets", "store");
        world.Store.Server.Wipe();
        world.Witnesses.StoreForgot();
        foreach (var replica in world.Replicas)
        {
            replica.End();
            world.Scheduler.After(_random.Spread(TimeSpan.FromSeconds(1), world.Plan.PollInterval * 2), () => person.Restarted(replica));
        }
    }

    /// <summary>Now and then the store is saved, so that it can come back as it was then.</summary>
    private void Save()
    {
        world.Store.Server.Save();
        world.Scheduler.After(world.Plan.Lifetime * (0.2 + _random.NextDouble()), Save);
    }

    private void Ask(Replica replica)
    {
        if (replica is { IsRunning: true, Manager: { } manager, Process: { } process })
        {
            Hit("rotation asked for", replica.Name);
            process.Begin(() => _ = manager.RotateAsync(WorldState.Credential, force: false, CancellationToken.None));
        }
    }

    private TimeSpan Duration() => _random.Spread(TimeSpan.FromMilliseconds(300), TimeSpan.FromMinutes(5));
}
