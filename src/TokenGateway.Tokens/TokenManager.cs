using System.Collections.Concurrent;
using System.Collections.Frozen;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens;

/// <summary>All credentials of one process: an agent for each, one store for all.</summary>
internal sealed class TokenManager : ITokenManager, IAsyncDisposable
{
    private readonly EngineContext _engine;
    private readonly TokenOwners _owners;
    private readonly ConcurrentDictionary<CredentialAgent, Running> _running = new();
    private readonly CancellationTokenSource _givingUp = new();
    private volatile FrozenDictionary<string, CredentialAgent> _agents;
    private volatile bool _stopping;
    private readonly Lock _putting = new();
    private bool _disposed;

    public TokenManager(IEnumerable<CredentialSettings> credentials, EngineContext engine)
    {
        _engine = engine;
        _owners = new TokenOwners(engine.Store, engine.Journal, engine.Codec, engine.Time, name => _agents!.GetValueOrDefault(name)?.Memory.View.Record);
        _agents = credentials.ToFrozenDictionary(
            settings => settings.Name, settings => new CredentialAgent(settings, engine, _owners), StringComparer.Ordinal);
    }

    public IReadOnlyCollection<string> Credentials => _agents.Keys;

    public ValueTask<TokenResult> GetTokenAsync(string credential, CancellationToken cancellationToken) =>
        _agents[credential].GetTokenAsync(cancellationToken);

    public async Task<AccessToken?> RecoverAsync(string credential, string refused, TokenRefusal refusal, CancellationToken cancellationToken)
    {
        var agent = _agents[credential];
        if (await agent.Recovery.RecoverAsync(refused, refusal, cancellationToken) is { } token)
        {
            return token;
        }

        if (!agent.HasEnded || _stopping)
        {
            return null;
        }

        await ReplacedAsync(credential, agent, cancellationToken);
        return await _agents[credential].Recovery.RecoverAsync(refused, refusal, cancellationToken);
    }

    public TokenDelivery GetDelivery(string credential) => _agents[credential].Delivery;

    public CredentialStatus GetStatus(string credential) => _agents[credential].Reports.Status();

    public Task<CredentialReport> GetReportAsync(string credential, CancellationToken cancellationToken) =>
        _agents[credential].Reports.ReportAsync(cancellationToken);

    public Task<RotationReport> RotateAsync(string credential, bool force, CancellationToken cancellationToken) =>
        AskAsync(credential, agent => agent.RotateAsync(force, cancellationToken), cancellationToken);

    public Task<ValidationReport> ValidateAsync(string credential, CancellationToken cancellationToken) =>
        AskAsync(credential, agent => agent.ValidateAsync(cancellationToken), cancellationToken);

    public Task<ReseedReport> ReseedAsync(string credential, Secret refreshToken, CancellationToken cancellationToken) =>
        AskAsync(credential, agent => agent.ReseedAsync(refreshToken, cancellationToken), cancellationToken);

    public AuthorizationRequest BeginLogin(string credential, Uri? redirectUri) => _agents[credential].BeginLogin(redirectUri);

    public Task<ReseedReport> CompleteLoginAsync(string credential, AuthorizationRequest request, Secret code, CancellationToken cancellationToken) =>
        AskAsync(credential, agent => agent.CompleteLoginAsync(request, code, cancellationToken), cancellationToken);

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
        foreach (var agent in _agents.Values)
        {
            Run(agent);
        }
    }

    /// <summary>
    /// Looks after these credentials from now on, and after no others. One whose settings have changed is taken over between two steps: a rotation under way ends first, and
    /// its tokens are served all the while. Not called twice at a time, nor after <see cref="StopAsync"/>.
    /// </summary>
    /// <param name="credentials">All of them.</param>
    /// <param name="changed">The names of those whose settings are others than before.</param>
    public async Task ApplyAsync(IEnumerable<CredentialSettings> credentials, IReadOnlySet<string> changed)
    {
        var before = _agents;
        var wanted = credentials.ToDictionary(settings => settings.Name, StringComparer.Ordinal);
        foreach (var settings in wanted.Values.Where(settings => !before.ContainsKey(settings.Name)))
        {
            var agent = new CredentialAgent(settings, _engine, _owners);
            agent.Replay();
            _engine.Metrics.Begin(settings.Name);
            Put(agent, settings.Name);
        }

        await Task.WhenAll(before.Where(old => !wanted.ContainsKey(old.Key) || changed.Contains(old.Key)).Select(async old =>
        {
            await EndAsync(old.Value);
            if (wanted.TryGetValue(old.Key, out var settings))
            {
                Put(old.Value.SucceedUnder(settings), old.Key);
            }
        }));
        _agents = _agents.Where(agent => wanted.ContainsKey(agent.Key)).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The encryption keys of now. What is stored under earlier ones stays readable in this process.</summary>
    /// <exception cref="ArgumentException">A key is not 32 bytes long.</exception>
    public void ApplyKeys(IReadOnlyList<byte[]> keys) => _engine.Keys?.Replace(keys);

    /// <summary>
    /// Begins nothing new and waits until what is under way has ended: a rotation is never cut off on purpose, and its pair is offered to the store until
    /// the store has it, or <paramref name="giveUp"/> says that time is up.
    /// </summary>
    public async Task StopAsync(CancellationToken giveUp)
    {
        Interlocked.Exchange(ref _stopping, true); // Seen by whoever begins an agent that is not seen here.
        foreach (var agent in _agents.Values)
        {
            End(agent);
        }

        await using var registration = giveUp.Register(_givingUp.Cancel);
        await Task.WhenAll(_running.Values.Select(running => running.Loop));
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
        _givingUp.Dispose();
    }

    private void Run(CredentialAgent agent)
    {
        var ending = new CancellationTokenSource();
        _running[agent] = new Running(ending, agent.RunAsync(ending.Token, _givingUp.Token));
        if (_stopping)
        {
            End(agent);
        }
    }

    private void End(CredentialAgent agent)
    {
        if (_running.TryGetValue(agent, out var running))
        {
            // Not CancelAsync, which would run continuations on another thread than a simulation's.
            running.Ending.Cancel();
            agent.Wake();
        }
    }

    private void Put(CredentialAgent agent, string name)
    {
        lock (_putting)
        {
            _agents = _agents.Where(other => other.Key != name).Append(KeyValuePair.Create(name, agent)).ToFrozenDictionary(StringComparer.Ordinal);
        }

        Run(agent);
    }

    /// <summary>Ends one agent's loop after its present step; what it has not told the store is its successor's to tell.</summary>
    private async Task EndAsync(CredentialAgent agent)
    {
        agent.Resign();
        End(agent);
        if (_running.TryRemove(agent, out var running))
        {
            await running.Loop;
        }
    }

    /// <summary>Asks an agent for something. One that is replaced meanwhile ends its callers' waiting: they ask its successor.</summary>
    private async Task<T> AskAsync<T>(string credential, Func<CredentialAgent, Task<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            var agent = _agents[credential];
            try
            {
                return await ask(agent);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && !_stopping)
            {
                await ReplacedAsync(credential, agent, cancellationToken);
            }
        }
    }

    private async Task ReplacedAsync(string credential, CredentialAgent agent, CancellationToken cancellationToken)
    {
        while (_agents.TryGetValue(credential, out var current) && current == agent)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), _engine.Time, cancellationToken);
        }
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

    /// <param name="Ending">Not disposed: it has neither a timer nor a link, and stopping may come while a changed configuration ends the same agent.</param>
    /// <param name="Loop">The agent's.</param>
    private sealed record Running(CancellationTokenSource Ending, Task Loop);
}
