using System.Globalization;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Commands.Doctor;

/// <summary>Whether a provider's endpoints answer, and whether its clock and ours agree. What is sent is a HEAD without any credential.</summary>
internal sealed class EndpointExamination(TimeProvider time) : IDisposable
{
    /// <summary>The Date header has whole seconds, and the answer takes a moment.</summary>
    private static readonly TimeSpan NoSkew = TimeSpan.FromSeconds(2);

    private readonly HttpMessageInvoker _invoker = new(EndpointHandler.ForValidation(time, RandomSource.System));

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CredentialSettings credential, CancellationToken cancelled)
    {
        var findings = new List<Finding>();
        findings.AddRange(await AskAsync(credential, "token endpoint", credential.TokenEndpoint, credential.TokenEndpointTimeout, cancelled));
        findings.AddRange(credential.ValidateEndpoint is { } validate
            ? await AskAsync(credential, credential.ValidateKind == ValidateKind.Introspection ? "introspection endpoint" : "validate endpoint", validate, credential.Validation.Timeout, cancelled)
            : [Finding.Good($"{credential.Name}: validate endpoint", "none is configured, so tokens are judged by their expiry")]);
        return findings;
    }

    public void Dispose() => _invoker.Dispose();

    private async Task<IReadOnlyList<Finding>> AskAsync(CredentialSettings credential, string what, Uri endpoint, TimeSpan timeout, CancellationToken cancelled)
    {
        var subject = $"{credential.Name}: {what}";
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
            limit.CancelAfter(timeout);
            using var request = new HttpRequestMessage(HttpMethod.Head, endpoint);
            request.Headers.UserAgent.Add(new(EndpointHandler.UserAgent.Product!));
            using var answer = await _invoker.SendAsync(request, limit.Token);
            var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
            return
            [
                (int)answer.StatusCode >= 500
                    ? Finding.Warning(subject, $"{endpoint} answers, but with {status}: the provider may be in trouble")
                    : Finding.Good(subject, $"{endpoint} answers ({status} to a request without credentials)"),
                .. answer.Headers.Date is { } date ? [Skew(credential, subject, date - time.GetUtcNow())] : Array.Empty<Finding>(),
            ];
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return [Finding.Failure(subject, $"{endpoint} has not answered within {timeout}")];
        }
        catch (HttpRequestException error)
        {
            return [Finding.Failure(subject, $"{endpoint} cannot be reached ({error.HttpRequestError}): check the address, DNS, firewall and proxy")];
        }
    }

    private static Finding Skew(CredentialSettings credential, string subject, TimeSpan ahead)
    {
        var off = $"{ahead.Duration().TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} ours";
        return ahead.Duration() <= NoSkew + credential.ClockSkew
            ? Finding.Good($"{subject}: clock", "agrees with ours")
            : Finding.Warning($"{subject}: clock", $"is {off}, more than ClockSkew ({credential.ClockSkew}) allows for: synchronise this machine's clock");
    }
}
