using System.Security.Cryptography;
using TokenGateway.Tokens;

namespace TokenGateway.Management.Login;

/// <summary>
/// Logins that were begun on this gateway and may still be answered: in memory, for ten minutes, each for one answer. An answer that comes to another replica, or after a restart,
/// finds nothing here, and whoever logs in begins again.
/// </summary>
internal sealed class PendingLogins(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>More than people begin at a time: the oldest gives way.</summary>
    private const int Most = 100;

    private const int IdBytes = 16;

    private readonly Lock _gate = new();
    private readonly List<PendingLogin> _logins = [];

    public PendingLogin Begin(string credential, AuthorizationRequest request)
    {
        var login = new PendingLogin(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), credential, request, time.GetUtcNow() + Lifetime);
        lock (_gate)
        {
            Forget();
            if (_logins.Count == Most)
            {
                _logins.RemoveAt(0);
            }

            _logins.Add(login);
        }

        return login;
    }

    /// <summary>The login that an answer with this state belongs to, given out once; null where there is none, or none any more.</summary>
    public PendingLogin? Take(string state)
    {
        lock (_gate)
        {
            Forget();
            return _logins.Find(login => string.Equals(login.Request.State, state, StringComparison.Ordinal) && login.TryTake());
        }
    }

    /// <summary>A login by its id, also one that has ended.</summary>
    public PendingLogin? Find(string id)
    {
        lock (_gate)
        {
            Forget();
            return _logins.Find(login => string.Equals(login.Id, id, StringComparison.Ordinal));
        }
    }

    private void Forget() => _logins.RemoveAll(login => login.ExpiresAt <= time.GetUtcNow());
}

/// <summary>One login.</summary>
/// <param name="id">Names it to the one who began it. It is not the state: who knows it can end nothing.</param>
/// <param name="credential">Whose login it is.</param>
/// <param name="request">What the browser was sent to the provider with.</param>
/// <param name="expiresAt">When it is forgotten.</param>
internal sealed class PendingLogin(string id, string credential, AuthorizationRequest request, DateTimeOffset expiresAt)
{
    private readonly TaskCompletionSource<LoginResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _taken;

    public string Id { get; } = id;

    public string Credential { get; } = credential;

    public AuthorizationRequest Request { get; } = request;

    public DateTimeOffset ExpiresAt { get; } = expiresAt;

    /// <summary>Completes when an answer has come and has been dealt with.</summary>
    public Task<LoginResult> Ended => _ended.Task;

    public void End(LoginResult result) => _ended.TrySetResult(result);

    internal bool TryTake() => !_taken && (_taken = true);
}

/// <summary>What came of a login.</summary>
/// <param name="Outcome">In a word, for programs and the audit.</param>
/// <param name="Message">In a sentence, for people. Holds no code, token or secret.</param>
internal sealed record LoginResult(string Outcome, string Message)
{
    public const string Accepted = "accepted";

    public bool Succeeded => Outcome == Accepted;
}
