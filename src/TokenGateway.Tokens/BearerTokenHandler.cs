using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens;

/// <summary>
/// Sends each request with the credential's live access token (RFC 6750 §2.1), or not at all. An <c>Authorization</c> header that the caller set is replaced. Where the
/// answer is 401 and a newer token is to be had, the request is sent once more, if its content can be: known to be short (<c>ReplayBodyLimit</c>), or made from an object.
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

        var replayable = await MakeReplayableAsync(request.Content, cancellationToken);
        var sent = request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        var answer = await base.SendAsync(request, cancellationToken);

        // A redirect to another place takes the header away, and its 401 says nothing of our token.
        if (answer.StatusCode != HttpStatusCode.Unauthorized || !ReferenceEquals(request.Headers.Authorization, sent))
        {
            return answer;
        }

        Metrics.UpstreamUnauthorized(credential);
        var refusal = BearerChallenge.SaysInvalidToken(answer) ? TokenRefusal.InvalidToken : TokenRefusal.Unexplained;
        var recovery = tokens.RecoverAsync(credential, token.Reveal(), refusal, cancellationToken);
        if (!replayable || await recovery is not { } newer)
        {
            Metrics.Retried(credential, replayable ? RetryOutcome.NoNewerToken : RetryOutcome.NotReplayable);
            return answer;
        }

        answer.Dispose();
        return await SendAgainAsync(request, newer, cancellationToken);
    }

    /// <summary>Waiting for a token needs an asynchronous call; without one the request would leave without its token.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A token can only be waited for asynchronously: use SendAsync.");

    private async Task<HttpResponseMessage> SendAgainAsync(HttpRequestMessage request, AccessToken newer, CancellationToken cancellationToken)
    {
        var outcome = RetryOutcome.Failed;
        try
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", newer.Reveal());
            var answer = await base.SendAsync(request, cancellationToken);
            outcome = answer.StatusCode == HttpStatusCode.Unauthorized ? RetryOutcome.Unauthorized : RetryOutcome.Succeeded;
            return answer;
        }
        finally
        {
            Metrics.Retried(credential, outcome);
        }
    }

    /// <summary>What is held in memory or made from an object can be sent as often as needed; a short stream is read into memory first.</summary>
    private async Task<bool> MakeReplayableAsync(HttpContent? content, CancellationToken cancellationToken)
    {
        if (content is null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent)
        {
            return !(content?.Headers.ContentLength > tokens.GetReplayBodyLimit(credential));
        }

        if (content.Headers.ContentLength is not { } length || length > tokens.GetReplayBodyLimit(credential))
        {
            return false;
        }

        await content.LoadIntoBufferAsync(cancellationToken);
        return true;
    }
}
