namespace TokenGateway.Tokens;

/// <summary>
/// One credential's tokens, for what sends them by other means than an <see cref="HttpClient"/>. Registered under the credential's name:
/// <c>[FromKeyedServices("plum")] ITokenSource</c>.
/// </summary>
public interface ITokenSource
{
    /// <summary>The credential's name in the configuration.</summary>
    string Credential { get; }

    /// <inheritdoc cref="ITokenManager.GetTokenAsync" path="/summary" />
    /// <exception cref="TokenUnavailableException">There is no live token.</exception>
    ValueTask<AccessToken> GetTokenAsync(CancellationToken cancellationToken = default);

    /// <summary>The credential's state as this process sees it, from memory. Holds no secret.</summary>
    CredentialStatus GetStatus();
}
