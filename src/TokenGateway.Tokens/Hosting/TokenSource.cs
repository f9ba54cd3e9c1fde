namespace TokenGateway.Tokens.Hosting;

/// <summary>The engine, seen through one credential.</summary>
internal sealed class TokenSource : ITokenSource
{
    private readonly ITokenManager _tokens;

    /// <exception cref="InvalidOperationException">No such credential is configured.</exception>
    public TokenSource(ITokenManager tokens, string credential)
    {
        Credential = UnknownCredential.Find(credential, tokens.Credentials) is { } mistake
            ? throw new InvalidOperationException($"The token source '{credential}' names a credential that is not configured: {mistake}.")
            : credential;
        _tokens = tokens;
    }

    public string Credential { get; }

    public ValueTask<AccessToken> GetTokenAsync(CancellationToken cancellationToken = default)
    {
        var result = _tokens.GetTokenAsync(Credential, cancellationToken);
        return result.IsCompletedSuccessfully ? new ValueTask<AccessToken>(Unwrap(result.Result)) : WaitAsync(result);
    }

    public CredentialStatus GetStatus() => _tokens.GetStatus(Credential);

    private static async ValueTask<AccessToken> WaitAsync(ValueTask<TokenResult> result) => Unwrap(await result);

    private static AccessToken Unwrap(TokenResult result) => result.Token ?? throw new TokenUnavailableException(result.Failure!);
}
