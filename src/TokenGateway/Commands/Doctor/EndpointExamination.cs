using System.Globalization;
using System.Net;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Commands.Doctor;

/// <summary>
/// Whether a provider's endpoints answer, and whether its clock and ours agree. What is sent is a HEAD without any credential; where that finds nothing, which some frameworks say of every method
/// but the right one, the gateway's own method is tried, with nothing in it.
/// </summary>
internal sealed class EndpointExamination(TimeProvider time) : IDisposable
{
    /// <summary>The Date header has whole seconds, and the answer takes a moment.</summary>
    private static readonly TimeSpan NoSkew = TimeSpan.FromSeconds(2);

    private readonly HttpMessageInvoker _invoker = new(EndpointHandler.ForValidation(time, RandomSource.System));

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CredentialSettings credential, CancellationToken cancelled)
    {
        var findings = new List<Finding>();
        findings.AddRange(await AskAsync(credential, new Target("token endpoint", credential.TokenEndpoint, HttpMethod.Post, "OAuthUrl or TokenEndpoint"), credential.TokenEndpointTimeout, cancelled));
        findings.AddRange(credential.ValidateEndpoint is { } validate
            ? await AskAsync(
                credential,
                credential.ValidateKind == ValidateKind.Introspection
                    ? new Target("introspection endpoint", validate, HttpMethod.Post, "OAuthUrl or IntrospectionEndpoint")
                    : new Target("validate endpoint", validate, HttpMethod.Get, "OAuthUrl or ValidateEndpoint"),
                credential.Validation.Timeout,
                cancelled)
            : [Finding.Good($"{credential.Name}: validate endpoint", "none is configured, so tokens are judged by their expiry")]);
        return findings;
    }

    public void Dispose() => _invoker.Dispose();

    /// <summary>Whether the provider accepts the client's id and secret. Nothing is spent.</summary>
    public async Task<Finding> ProbeClientAsync(CredentialSettings credential, CancellationToken cancelled)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
            limit.CancelAfter(credential.TokenEndpointTimeout);
            return await ClientProbe.AskAsync(_invoker, time, credential, limit.Token);
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancelled.IsCancellationRequested))
        {
            return Finding.Failure($"{credential.Name}: client", "the token endpoint could not be asked");
        }
    }

    private async Task<IReadOnlyList<Finding>> AskAsync(CredentialSettings credential, Target target, TimeSpan timeout, CancellationToken cancelled)
    {
        var subject = $"{credential.Name}: {target.What}";
        var endpoint = target.Endpoint.GetLeftPart(UriPartial.Path);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
            limit.CancelAfter(timeout);
            using var first = await SendAsync(HttpMethod.Head, target.Endpoint, limit.Token);
            using var second = IsNothing(first) || IsPage(first) ? await SendAsync(target.Method, target.Endpoint, limit.Token) : null;
            var answer = second ?? first;
            return
            [
                Judge(subject, endpoint, target.Settings, answer),
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

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri endpoint, CancellationToken cancelled)
    {
        using var request = new HttpRequestMessage(method, endpoint) { Content = method == HttpMethod.Post ? new FormUrlEncodedContent([]) : null };
        request.Headers.UserAgent.Add(new(EndpointHandler.UserAgent.Product!));
        return await _invoker.SendAsync(request, cancelled);
    }

    private static Finding Judge(string subject, string endpoint, string settings, HttpResponseMessage answer)
    {
        var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        return IsNothing(answer) ? Finding.Failure(subject, $"{endpoint} answers {status}: nothing is at that path; check {settings}")
            : IsPage(answer) ? Finding.Warning(subject, $"{endpoint} answers {status} with a web page (text/html), which no such endpoint does: check {settings}, and whether a portal or proxy stands between")
            : (int)answer.StatusCode >= 500 ? Finding.Warning(subject, $"{endpoint} answers, but with {status}: the provider may be in trouble")
            : Finding.Good(subject, $"{endpoint} answers ({status} to a request without credentials)");
    }

    private static bool IsNothing(HttpResponseMessage answer) => answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone;

    private static bool IsPage(HttpResponseMessage answer) => answer.IsSuccessStatusCode && answer.Content.Headers.ContentType?.MediaType == "text/html";

    private static Finding Skew(CredentialSettings credential, string subject, TimeSpan ahead)
    {
        var off = $"{ahead.Duration().TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} ours";
        return ahead.Duration() <= NoSkew + credential.ClockSkew
            ? Finding.Good($"{subject}: clock", "agrees with ours")
            : Finding.Warning($"{subject}: clock", $"is {off}, more than ClockSkew ({credential.ClockSkew}) allows for: synchronise this machine's clock");
    }

    /// <param name="What">Its name.</param>
    /// <param name="Endpoint">Where it is.</param>
    /// <param name="Method">How the gateway asks it.</param>
    /// <param name="Settings">What says where it is.</param>
    private sealed record Target(string What, Uri Endpoint, HttpMethod Method, string Settings);
}
