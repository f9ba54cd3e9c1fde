using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// Sends a refresh token, or a code: one POST, never repeated, and a result that says whether the token may be spent. What the answer means is
/// read afterwards (<see cref="TokenAnswer"/>), so that it can be kept before it is understood. The invoker is one over
/// <see cref="EndpointHandler.ForTokens"/>: no retry, redirect or pooled connection may stand between.
/// </summary>
internal sealed partial class TokenEndpointClient(HttpMessageInvoker invoker, TimeProvider time, ILogger logger)
{
    /// <summary>The most characters that are kept of a header's value.</summary>
    private const int LongestHeader = 200;

    /// <summary>
    /// Sends <paramref name="grant"/> once, waiting for at most <c>TokenEndpointTimeout</c>. <paramref name="deadline"/> is
    /// checked at the moment when the body is written. Failures are results; nothing is thrown. Cancel <paramref name="shutdown"/> only
    /// when the process must end: what was sent stays sent.
    /// </summary>
    public async Task<TokenExchange> SendAsync(
        CredentialSettings settings, TokenGrantRequest grant, SendDeadline deadline, CancellationToken shutdown)
    {
        var exchange = ClientProof.TryReadSecret(settings, out var clientSecret)
            ? await SendOnceAsync(settings, grant, clientSecret, deadline, shutdown)
            : new TokenExchange.NotSent(TransportReason.ClientSecretUnavailable);
        Report(settings.Name, exchange);
        return exchange;
    }

    private async Task<TokenExchange> SendOnceAsync(
        CredentialSettings settings, TokenGrantRequest grant, Secret? clientSecret, SendDeadline deadline, CancellationToken shutdown)
    {
        var requestedAt = time.GetUtcNow();
        using var timeout = new CancellationTokenSource(settings.TokenEndpointTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, shutdown);
        var proof = new ClientProof(settings, clientSecret);
        RefreshContent? content = null;
        try
        {
            content = TokenRequest.CreateContent(settings, grant, proof, deadline);
            using var request = TokenRequest.Create(settings, proof, content);
            using var response = await invoker.SendAsync(request, either.Token);
            var retryAfter = ReadRetryAfter(response.Headers.RetryAfter);
            var (body, complete) = await AnswerBody.ReadAsync(response.Content, either.Token);
            return new TokenExchange.Answered(new RawAnswer
            {
                Status = (int)response.StatusCode,
                ContentType = ValueOf(response.Content.Headers, "Content-Type"),
                ContentEncoding = ValueOf(response.Content.Headers, "Content-Encoding"),
                Body = body,
                Complete = complete,
                EndsWithConnection = response.Headers.TransferEncodingChunked != true && response.Content.Headers.ContentLength is null,
                RetryAfter = retryAfter,
                RequestedAt = requestedAt,
            });
        }
        catch (Exception e)
        {
            var cause = timeout.IsCancellationRequested ? TransportReason.Timeout
                : shutdown.IsCancellationRequested ? TransportReason.Shutdown
                : null;
            return Classify(content, cause, e);
        }
    }

    private static TokenExchange Classify(RefreshContent? content, string? cancellation, Exception exception)
    {
        if (content is not null && !content.TryWithdraw())
        {
            return new TokenExchange.Lost(cancellation ?? TransportReason.AfterSending(exception));
        }

        return new TokenExchange.NotSent(
            content is { DeadlinePassed: true } ? TransportReason.DeadlinePassed
            : cancellation ?? TransportReason.BeforeSending(exception));
    }

    /// <summary>As it was sent, where it is no valid value too; one that is longer than any in use is cut.</summary>
    private static string? ValueOf(HttpContentHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) && values.ToString() is { Length: > 0 } value ? value[..Math.Min(value.Length, LongestHeader)] : null;

    private TimeSpan? ReadRetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private void Report(string credential, TokenExchange exchange)
    {
        switch (exchange)
        {
            case TokenExchange.NotSent notSent:
                TokenEndpointClientLog.NotSent(logger, credential, notSent.Reason);
                break;
            case TokenExchange.Lost lost:
                TokenEndpointClientLog.Lost(logger, credential, lost.Reason);
                break;
            case TokenExchange.Answered { Answer: var answer }:
                TokenEndpointClientLog.Answered(logger, credential, answer.Status, answer.Body.Length, answer.Complete);
                break;
        }
    }

    private static partial class TokenEndpointClientLog
    {
        [LoggerMessage(EventIds.TokenRequestNotSent, LogLevel.Information,
            "The token request of {Credential} was not sent ({Reason}); what it carries is not spent.")]
        public static partial void NotSent(ILogger logger, string credential, string reason);

        [LoggerMessage(EventIds.TokenRequestAnswered, LogLevel.Debug,
            "The token endpoint of {Credential} answered {Status} with {Length} bytes (complete: {Complete}).")]
        public static partial void Answered(ILogger logger, string credential, int status, int length, bool complete);

        [LoggerMessage(EventIds.TokenRequestLost, LogLevel.Warning,
            "The token request of {Credential} may have been sent and was not answered ({Reason}); what it carries may be spent.")]
        public static partial void Lost(ILogger logger, string credential, string reason);
    }
}
