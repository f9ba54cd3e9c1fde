namespace TokenGateway.Tokens;

/// <summary>
/// Valid access tokens by credential name. Reading one is a read of memory; renewing them is this engine's own business,
/// done in the background, once per fleet.
/// </summary>
public interface ITokenManager
{
    /// <summary>The names of the configured credentials.</summary>
    IReadOnlyCollection<string> Credentials { get; }

    /// <summary>
    /// The credential's live access token. Completes at once while one is in memory; otherwise waits for a rotation that is
    /// under way, here or in another replica, for at most <c>RequestWait</c>. Cancelling a call never cancels a rotation.
    /// </summary>
    /// <exception cref="KeyNotFoundException">No such credential is configured.</exception>
    ValueTask<TokenResult> GetTokenAsync(string credential, CancellationToken cancellationToken);

    /// <summary>
    /// An API refused a request with this token: what to send it again with, once. A newer token that memory or the store has will do; otherwise <c>Validation:On401</c> decides
    /// whether the token is dead, and then a rotation is waited for, at most <c>RequestWait</c>. However many requests report a token, it is validated and rotated once.
    /// </summary>
    /// <param name="credential">The credential's name in the configuration.</param>
    /// <param name="refused">The access token's value, as it was sent.</param>
    /// <param name="refusal">What the response said; where no validate endpoint gives a verdict, only <see cref="TokenRefusal.InvalidToken"/> calls a token dead.</param>
    /// <param name="cancellationToken">Stops the waiting, never a validation or rotation.</param>
    /// <returns>Another token than the refused one; null where the response should be passed on.</returns>
    /// <exception cref="KeyNotFoundException">No such credential is configured.</exception>
    Task<AccessToken?> RecoverAsync(string credential, string refused, TokenRefusal refusal, CancellationToken cancellationToken);

    /// <summary>How the credential's token is sent, by the settings of now.</summary>
    /// <exception cref="KeyNotFoundException">No such credential is configured.</exception>
    TokenDelivery GetDelivery(string credential);

    /// <summary>The credential's state as this process sees it, from memory. Holds no secret.</summary>
    /// <exception cref="KeyNotFoundException">No such credential is configured.</exception>
    CredentialStatus GetStatus(string credential);

    /// <summary>The status with what only the store knows: who holds the lease, and the fleet's last 50 rotations. While the store is away, those are null and empty.</summary>
    /// <exception cref="KeyNotFoundException">No such credential is configured.</exception>
    Task<CredentialReport> GetReportAsync(string credential, CancellationToken cancellationToken);

    /// <summary>Rotates now, and waits for the outcome. Cancelling stops the waiting, never the rotation.</summary>
    /// <param name="credential">The credential's name in the configuration.</param>
    /// <param name="force">
    /// False: unless <c>MinRefreshInterval</c>, a doubt or a verdict forbids it. True: a person has decided to send the refresh token whatever speaks against it; where it
    /// was spent already, the provider may revoke the whole family. Never over a request whose answer may still come.
    /// </param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="KeyNotFoundException">No such credential is configured.</exception>
    Task<RotationReport> RotateAsync(string credential, bool force, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the validate endpoint about the access token in use, and waits for the verdict; callers who ask at the same time share it. An invalid token is then rotated as soon as
    /// <c>MinRefreshInterval</c> allows. Cancelling stops the waiting only.
    /// </summary>
    /// <returns>The verdict; unknown, with the reason in <see cref="ValidationReport.Error"/>, where there is no token or no validate endpoint to ask.</returns>
    /// <exception cref="KeyNotFoundException">No such credential is configured.</exception>
    Task<ValidationReport> ValidateAsync(string credential, CancellationToken cancellationToken);

    /// <summary>
    /// Puts a new family, begun by <paramref name="refreshToken"/>, into the place of the current one, and waits for the provider's first answer. It works in every state; the pair
    /// that it replaces is kept until then, and comes back where the provider refuses the new one. Cancelling stops the waiting, never an exchange that has begun.
    /// </summary>
    /// <exception cref="KeyNotFoundException">No such credential is configured.</exception>
    Task<ReseedReport> ReseedAsync(string credential, Secret refreshToken, CancellationToken cancellationToken);

    /// <summary>Begins a login by authorization code with PKCE. Nothing is changed before <see cref="CompleteLoginAsync"/>; the caller keeps the request until the answer comes.</summary>
    /// <param name="credential">The credential's name in the configuration.</param>
    /// <param name="redirectUri">Where the caller takes the answer, if anywhere; a configured <c>RedirectUri</c> takes its place.</param>
    /// <exception cref="KeyNotFoundException">No such credential is configured.</exception>
    /// <exception cref="InvalidOperationException">The credential has no <c>AuthorizationEndpoint</c>, or there is no redirect; the message names the setting.</exception>
    AuthorizationRequest BeginLogin(string credential, Uri? redirectUri);

    /// <summary>
    /// Exchanges the code that a login brought for a pair, and puts the pair into the place of the current one: stored, and in use, when this returns. It works in every state; whatever
    /// fails leaves the current pair as it is. Cancelling stops the waiting, never an exchange that has begun.
    /// </summary>
    /// <param name="credential">The credential's name in the configuration.</param>
    /// <param name="request">The login that the code belongs to: the caller has compared its <see cref="AuthorizationRequest.State"/>.</param>
    /// <param name="code">The code, which is sent once.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="KeyNotFoundException">No such credential is configured.</exception>
    Task<ReseedReport> CompleteLoginAsync(string credential, AuthorizationRequest request, Secret code, CancellationToken cancellationToken);
}
