using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Storage.Journal;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>One process of a fleet, as far as the engine can tell.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly Fleet _fleet;
    private string _name = Fleet.Name;

    private Replica(Fleet fleet) => _fleet = fleet;

    public TokenManager Manager { get; private set; } = null!;

    public WatchedStore Store { get; private set; } = null!;

    public FillableDisk Disk { get; private set; } = null!;

    public CredentialView View => Manager.Agent(_name).Memory.View;

    public CredentialStatus Status => Manager.GetStatus(_name);

    public static async Task<Replica> StartAsync(Fleet fleet)
    {
        var replica = new Replica(fleet);
        await replica.StartAsync();
        return replica;
    }

    public ValueTask<TokenResult> GetTokenAsync() => Manager.GetTokenAsync(_name, CancellationToken.None);

    public Task<RotationReport> RotateAsync(bool force = false, CancellationToken cancellationToken = default) => Manager.RotateAsync(_name, force, cancellationToken);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    /// <summary>Ends the process in good order and starts another with the fleet's settings of now.</summary>
    public async Task RestartAsync()
    {
        await Manager.DisposeAsync();
        await StartAsync();
    }

    /// <summary>Waits until the status is as wanted. Every change of the view is looked at, and every few milliseconds what time alone changes.</summary>
    public Task UntilAsync(Func<CredentialStatus, bool> condition) => UntilAsync(_ => condition(Status), "");

    /// <inheritdoc cref="UntilAsync(Func{CredentialStatus, bool})" />
    public async Task UntilAsync(Func<CredentialView, bool> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var view = View;
            if (condition(view))
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(started) > Fleet.Bound)
            {
                Assert.Fail($"It has not come to this within {Fleet.Bound}: {what}. {Status}");
            }

            await Task.WhenAny(view.Changed.Task, Task.Delay(Tick, TimeProvider.System));
        }
    }

    /// <summary>Waits until the agent has met the store that many times since now: what it meant to do at once, it has done.</summary>
    public Task PollsAsync(int times) => Store.ReadsAsync(times + 1).WaitAsync(Fleet.Bound, TimeProvider.System);

    public ValueTask DisposeAsync() => Manager.DisposeAsync();

    private Task StartAsync()
    {
        _name = _fleet.Credential.Name;
        var engine = TokenEngine.Compose(_fleet.Settings, _fleet.Time, RandomSource.System, _fleet.Loggers, TokenMetrics.Unobserved);
        Store = new WatchedStore(engine.Store);
        Disk = new FillableDisk(new JournalFolder(_fleet.Store.JournalPath)) { IsFull = _fleet.DiskIsFull };
        var keys = EncryptionKeys.Load(_fleet.Settings, RandomSource.System);
        var journal = new Journal(Disk, keys, RandomSource.System, NullLogger<Journal>.Instance);
        Manager = new TokenManager([_fleet.Credential], engine with { Store = Store, Journal = journal });
        return Manager.StartAsync(CancellationToken.None);
    }
}
