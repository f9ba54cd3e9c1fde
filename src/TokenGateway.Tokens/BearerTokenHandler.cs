using System.Net.Http.Json;
using TokenGateway.Tokens.Delivery;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens;

/// <summary>
/// Sends each request with the credential's live access token, or not at all. The token goes where the credential's settings say: by default into <c>Authorization</c> (RFC 6750 §2.1). What the
/// caller has set there is replaced. Where the response refuses the token (401, or one of <c>ExpiredResponses</c>) and a newer one is to be had, the request is sent once more, if its content can be:
/// known to be short (<c>ReplayBodyLimit</c>), or made from an object.
/// </summary>
/// <remarks>
/// The framework takes only <c>Authorization</c> out of a request that it sends on to where a redirect points. With another header, redirects are therefore not followed: the caller gets them.
/// </remarks>
/// <param name="tokens">The engine.</param>
/// <param name="credential">The credential's name in the configuration.</param>
public sealed class BearerTokenHandler(ITokenManager tokens, string credential) : DelegatingHandler
{
    private volatile TokenHeader _header = TokenHeader.Of("Authorization");

    internal TokenMetrics Metrics { get; init; } = TokenMetrics.Unobserved;

    internal TimeProvider Time { get; init; } = TimeProvider.System;

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

        var delivery = tokens.GetDelivery(credential);
        var header = HeaderOf(delivery);
        var replayable = await MakeReplayableAsync(request.Content, delivery, cancellationToken);
        header.Set(request.Headers, token.RevealHeader());
        var response = await base.SendAsync(request, cancellationToken);

        // A redirect to another place takes the header away, and what comes from there says nothing of our token.
        if (!RefusalReader.MayRefuse(response, delivery) || !request.Headers.NonValidated.Contains(header.Name)
            || await RefusalReader.ReadAsync(response, delivery, Time, cancellationToken) is not { } refusal)
        {
            return response;
        }

        Metrics.UpstreamUnauthorized(credential);
        var recovery = tokens.RecoverAsync(credential, token.Reveal(), refusal, cancellationToken);
        if (!replayable || await recovery is not { } newer)
        {
            Metrics.Retried(credential, replayable ? RetryOutcome.NoNewerToken : RetryOutcome.NotReplayable);
            return response;
        }

        response.Dispose();
        header.Set(request.Headers, newer.RevealHeader());
        return await SendAgainAsync(request, delivery, cancellationToken);
    }

    /// <summary>Waiting for a token needs an asynchronous call; without one the request would leave without its token.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A token can only be waited for asynchronously: use SendAsync.");

    private async Task<HttpResponseMessage> SendAgainAsync(HttpRequestMessage request, TokenDelivery delivery, CancellationToken cancellationToken)
    {
        var outcome = RetryOutcome.Failed;
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            var isRefused = RefusalReader.MayRefuse(response, delivery) && await RefusalReader.ReadAsync(response, delivery, Time, cancellationToken) is not null;
            outcome = isRefused ? RetryOutcome.Unauthorized : RetryOutcome.Succeeded;
            return response;
        }
        finally
        {
            Metrics.Retried(credential, outcome);
        }
    }

    /// <summary>The header of now: settings can change while the handler lives.</summary>
    private TokenHeader HeaderOf(TokenDelivery delivery)
    {
        var header = _header;
        if (header.Name == delivery.Header)
        {
            return header;
        }

        Redirects.StopFollowing(InnerHandler, delivery.Header);
        return _header = TokenHeader.Of(delivery.Header);
    }

    /// <summary>What is held in memory or made from an object can be sent as often as needed; a short stream is read into memory first.</summary>
    private static async Task<bool> MakeReplayableAsync(HttpContent? content, TokenDelivery delivery, CancellationToken cancellationToken)
    {
        if (content is null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent)
        {
            return !(content?.Headers.ContentLength > delivery.ReplayBodyLimit);
        }

        if (content.Headers.ContentLength is not { } length || length > delivery.ReplayBodyLimit)
        {
            return false;
        }

        await content.LoadIntoBufferAsync(cancellationToken);
        return true;
    }
}
