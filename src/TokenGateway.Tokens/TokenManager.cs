using System.Collections.Frozen;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens;

/// <summary>All credentials of one process: an agent for each, one store for all.</summary>
internal sealed class TokenManager : ITokenManager, IAsyncDisposable
{
    private readonly EngineContext _engine;
    private readonly FrozenDictionary<string, CredentialAgent> _agents;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _givingUp = new();
    private Task _loops = Task.CompletedTask;
    private bool _disposed;

    public TokenManager(IEnumerable<CredentialSettings> credentials, EngineContext engine)
    {
        _engine = engine;
        _agents = credentials.ToFrozenDictionary(
            settings => settings.Name, settings => new CredentialAgent(settings, engine), StringComparer.Ordinal);
    }

    public IReadOnlyCollection<string> Credentials => _agents.Keys;

    public ValueTask<TokenResult> GetTokenAsync(string credential, CancellationToken cancellationToken) =>
        _agents[credential].GetTokenAsync(cancellationToken);

    public CredentialStatus GetStatus(string credential) => _agents[credential].Status();

    public Task<CredentialReport> GetReportAsync(string credential, CancellationToken cancellationToken) =>
        _agents[credential].ReportAsync(cancellationToken);

    public Task<RotationReport> RotateAsync(string credential, bool force, CancellationToken cancellationToken) =>
        _agents[credential].RotateAsync(force, cancellationToken);

    /// <summary>The agent of a credential, for those who must see more than a consumer.</summary>
    internal CredentialAgent Agent(string credential) => _agents[credential];

    /// <summary>Opens the store and starts looking after every credential.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _engine.Journal.OpenAsync();
        foreach (var agent in _agents.Values)
        {
            agent.Replay();
        }

        _engine.Store.Announced += OnAnnounced;
        _engine.Store.Reconnected += OnReconnected;
        foreach (var credential in Credentials)
        {
            _engine.Metrics.Begin(credential);
        }

        await _engine.Store.StartAsync(cancellationToken);
        _loops = Task.WhenAll(_agents.Values.Select(agent => agent.RunAsync(_stopping.Token, _givingUp.Token)));
    }

    /// <summary>
    /// Begins nothing new and waits until what is under way has ended: a rotation is never cut off on purpose, and its pair is offered to the store until
    /// the store has it, or <paramref name="giveUp"/> says that time is up.
    /// </summary>
    public async Task StopAsync(CancellationToken giveUp)
    {
        // Not CancelAsync, which would run the agents' continuations on another thread than a simulation's.
        _stopping.Cancel();
        await using var registration = giveUp.Register(_givingUp.Cancel);
        await _loops;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        await StopAsync(new CancellationToken(canceled: true));
        _engine.Store.Reconnected -= OnReconnected;
        _engine.Store.Announced -= OnAnnounced;
        await _engine.Store.DisposeAsync();
        await _engine.Journal.DisposeAsync();
        _stopping.Dispose();
        _givingUp.Dispose();
    }

    private void OnReconnected()
    {
        foreach (var agent in _agents.Values)
        {
            agent.OnReconnected();
        }
    }

    private void OnAnnounced(string credential, StoredRecord stored)
    {
        if (_agents.TryGetValue(credential, out var agent))
        {
            agent.OnAnnounced(stored);
        }
    }
}
