using System.Collections.Concurrent;
using TokenGateway.Hosting;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tests.Gateway;

/// <summary>An engine whose answers a test sets, where only what the gateway makes of them is in question.</summary>
internal sealed class ScriptedTokens : ITokenManager, IGatewayEngine
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, ValueTask<TokenResult>>> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CredentialStatus> _statuses = new(StringComparer.Ordinal);

    public ScriptedTokens(params string[] credentials)
    {
        foreach (var credential in credentials)
        {
            Set(credential, $"access_token_of_{credential}");
            Set(Healthy(credential));
        }
    }

    public static DateTimeOffset At { get; } = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public ITokenManager Tokens => this;

    public IReadOnlyCollection<string> Credentials => [.. _answers.Keys];

    public bool WasForced { get; private set; }

    public RotationOutcome NextRotation { get; set; } = RotationOutcome.Rotated;

    public ReseedReport NextReseed { get; set; } = new(ReseedOutcome.Accepted, null);

    /// <summary>The seed of the last reseed.</summary>
    public Secret? HandedOver { get; private set; }

    public ValidationVerdict NextVerdict { get; set; } = ValidationVerdict.Valid;

    /// <summary>Who holds the lease, as the store tells it.</summary>
    public LeaseReport? Lease { get; set; } = new("replica-2", At);

    /// <summary>What a refused token is replaced by; null passes its 401 on.</summary>
    public Func<string, CancellationToken, Task<AccessToken?>> Recovery { get; set; } = (_, _) => Task.FromResult<AccessToken?>(null);

    public TokenDelivery Delivery { get; set; } = new();

    /// <summary>The engine stops when this ends; a rotation under way.</summary>
    public Task StopsWhen { get; set; } = Task.CompletedTask;

    /// <summary>The engine has started when this ends.</summary>
    public Task StartsWhen { get; set; } = Task.CompletedTask;

    public TaskCompletionSource Starting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Stopping { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static CredentialStatus Healthy(string credential) => new()
    {
        Name = credential,
        State = CredentialState.Active,
        Usable = true,
        Loaded = true,
        RequiredForReadiness = true,
        Generation = 7,
        AccessTokenExpiresAt = At,
        Fingerprint = "0a1b2c3d",
    };

    public void Set(string credential, string token) =>
        Set(credential, _ => ValueTask.FromResult(TokenResult.Success(new AccessToken(new Secret(token), At, Delivery.Scheme))));

    public void Set(string credential, TokenFailureCode code, TimeSpan? retryAfter = null) =>
        Set(credential, _ => ValueTask.FromResult(TokenResult.Fail(new TokenFailure(credential, code, "Something is wrong.", retryAfter))));

    public void Set(string credential, Func<CancellationToken, ValueTask<TokenResult>> answer) => _answers[credential] = answer;

    public void Set(CredentialStatus status) => _statuses[status.Name] = status;

    public ValueTask<TokenResult> GetTokenAsync(string credential, CancellationToken cancellationToken) => _answers[credential](cancellationToken);

    public Task<AccessToken?> RecoverAsync(string credential, string refused, TokenRefusal refusal, CancellationToken cancellationToken) =>
        Recovery(refused, cancellationToken);

    public TokenDelivery GetDelivery(string credential) => Delivery;

    public CredentialStatus GetStatus(string credential) => _statuses[credential];

    public Task<CredentialReport> GetReportAsync(string credential, CancellationToken cancellationToken) =>
        Task.FromResult(new CredentialReport(GetStatus(credential), Lease, [Report(RotationOutcome.Rotated)]));

    public Task<RotationReport> RotateAsync(string credential, bool force, CancellationToken cancellationToken)
    {
        WasForced = force;
        return Task.FromResult(Report(NextRotation));
    }

    public Task<ValidationReport> ValidateAsync(string credential, CancellationToken cancellationToken) =>
        Task.FromResult(new ValidationReport(At, NextVerdict));

    public Task<ReseedReport> ReseedAsync(string credential, Secret refreshToken, CancellationToken cancellationToken)
    {
        HandedOver = refreshToken;
        return Task.FromResult(NextReseed);
    }

    public AuthorizationRequest BeginLogin(string credential, Uri? redirectUri) => throw new InvalidOperationException("There is nowhere to log in.");

    public Task<ReseedReport> CompleteLoginAsync(string credential, AuthorizationRequest request, Secret code, CancellationToken cancellationToken) => Task.FromResult(NextReseed);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Starting.TrySetResult();
        return StartsWhen;
    }

    public Task ApplyAsync(TokenGatewaySettings settings, IReadOnlySet<string> changed) => Task.CompletedTask;

    public void RereadKeys() { }

    public Task StopAsync()
    {
        Stopping.TrySetResult();
        return StopsWhen;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static RotationReport Report(RotationOutcome outcome) => new(At, "replica-1", outcome, TimeSpan.FromMilliseconds(120), null, 7);
}
