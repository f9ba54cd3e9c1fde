using System.Net.Http.Headers;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens;

/// <summary>
/// Sends each request with the credential's live access token (RFC 6750 §2.1), or not at all. An <c>Authorization</c> header that the caller set is replaced.
/// </summary>
/// <param name="tokens">The engine.</param>
/// <param name="credential">The credential's name in the configuration.</param>
public sealed class BearerTokenHandler(ITokenManager tokens, string credential) : DelegatingHandler
{
    internal TokenMetrics Metrics { get; init; } = TokenMetrics.Unobserved;

    /// <inheritdoc />
    /// <exception cref="TokenUnavailableException">There is no live token; nothing was sent.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var result = await tokens.GetTokenAsync(credential, cancellationToken);
        if (result.Token is not { } token)
        {
            Metrics.Refused(credential, result.Failure!.Code);
            throw new TokenUnavailableException(result.Failure!);
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        return await base.SendAsync(request, cancellationToken);
    }
}
