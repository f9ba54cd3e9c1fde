using System.Globalization;
using System.Net;
using System.Text;
using TokenGateway.Simulation.Scheduling;

namespace TokenGateway.Simulation.Provider;

/// <summary>The validate endpoint as one process meets it.</summary>
internal sealed class ValidateHandler(ProviderSite site, Process process) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        cancellationToken.UnsafeRegister((_, token) => answer.TrySetCanceled(token), null);
        var token = request.Headers.Authorization!.Parameter!;
        var fails = site.Chaos.Strikes("validate call fails", site.Plan.ProviderFault / 2, process.Name);
        if (site.Chaos.Reach(process, "validating") && site.Network.Reaches(process))
        {
            site.Scheduler.After(site.Latency() * 2, process, () => answer.TrySetResult(fails ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) : Verdict(token)));
        }

        return answer.Task;
    }

    private HttpResponseMessage Verdict(string token)
    {
        var found = site.Provider.Check(token);
        var text = found is null
            ? """{"error":"invalid_token"}"""
            : string.Create(CultureInfo.InvariantCulture, $"{{\"expires_in\":{(found.ExpiresAt - site.Scheduler.Now).TotalSeconds:F3}}}");
        var stream = new AnswerStream(site.Scheduler, process, Encoding.UTF8.GetBytes(text), breaks: false, () => true, () => { });
        return new HttpResponseMessage(found is null ? HttpStatusCode.Unauthorized : HttpStatusCode.OK) { Content = new AnswerContent(stream) };
    }
}
