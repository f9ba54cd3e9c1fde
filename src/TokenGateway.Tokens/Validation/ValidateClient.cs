using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Validation;

/// <summary>
/// Asks a provider whether an access token is good. Without a verdict the answer is "unknown", never a guess. The invoker is one over
/// <see cref="EndpointHandler.ForValidation"/>, so that no redirect is followed with the token.
/// </summary>
internal sealed partial class ValidateClient(HttpMessageInvoker invoker, TimeProvider time, RandomSource random, TokenMetrics metrics, ILogger logger)
{
    private readonly ConcurrentDictionary<(string Credential, TimeSpan Timeout), ResiliencePipeline<TokenValidation>> _pipelines = new();

    /// <summary>The verdict within <c>Validation.Timeout</c>. A failure is an unknown verdict; only cancellation throws.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<TokenValidation> ValidateAsync(CredentialSettings settings, Secret accessToken, CancellationToken cancellationToken)
    {
        var validation = settings.ValidateEndpoint is { } endpoint
            ? await AskGuardedAsync(settings, endpoint, accessToken, cancellationToken)
            : TokenValidation.Unknown("no_validate_endpoint");
        metrics.Validated(settings.Name, validation.Verdict);
        Report(settings.Name, validation);
        return validation;
    }

    private async Task<TokenValidation> AskGuardedAsync(
        CredentialSettings settings, Uri endpoint, Secret accessToken, CancellationToken cancellationToken)
    {
        var pipeline = _pipelines.GetOrAdd(
            (settings.Name, settings.Validation.Timeout), key => ValidatePipeline.Create(key.Timeout, time, random));
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        try
        {
            return await pipeline.ExecuteAsync(
                c => new ValueTask<TokenValidation>(AskAsync(settings, endpoint, accessToken, c.CancellationToken)),
                context);
        }
        catch (BrokenCircuitException)
        {
            return TokenValidation.Unknown("circuit_open");
        }
        catch (TimeoutRejectedException)
        {
            return TokenValidation.Unknown(TransportReason.Timeout);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<TokenValidation> AskAsync(CredentialSettings settings, Uri endpoint, Secret accessToken, CancellationToken cancellationToken)
    {
        try
        {
            using var request = ValidateRequest.Create(settings, endpoint, accessToken);
            if (request is null)
            {
                return TokenValidation.Unknown(TransportReason.ClientSecretUnavailable);
            }

            using var response = await invoker.SendAsync(request, cancellationToken);
            var (received, ended) = await AnswerBody.ReadAsync(response.Content, cancellationToken);
            var (body, complete) = ContentDecoding.Decode(received, ended, string.Join(',', response.Content.Headers.ContentEncoding));
            cancellationToken.ThrowIfCancellationRequested();
            return settings.ValidateKind == ValidateKind.Introspection
                ? IntrospectionAnswer.Read((int)response.StatusCode, body.Span, complete, time.GetUtcNow())
                : ValidateAnswer.Read((int)response.StatusCode, body.Span, complete, settings.ValidateExpiryUnit);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return TokenValidation.Unknown(TransportReason.OfCall(e));
        }
    }

    private void Report(string credential, TokenValidation validation)
    {
        switch (validation.Verdict)
        {
            case ValidationVerdict.Invalid:
                ValidateClientLog.Invalid(logger, credential, validation.Reason);
                break;
            case ValidationVerdict.Unknown:
                ValidateClientLog.Unknown(logger, credential, validation.Reason);
                break;
        }
    }

    private static partial class ValidateClientLog
    {
        [LoggerMessage(EventIds.ValidationUnknown, LogLevel.Warning,
            "The validate endpoint gave no verdict on the access token of {Credential} ({Reason}).")]
        public static partial void Unknown(ILogger logger, string credential, string? reason);

        [LoggerMessage(EventIds.ValidationInvalid, LogLevel.Warning,
            "The validate endpoint calls the access token of {Credential} invalid ({Reason}).")]
        public static partial void Invalid(ILogger logger, string credential, string? reason);
    }
}
