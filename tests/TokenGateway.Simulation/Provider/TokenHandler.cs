using System.Net;
using System.Text;
using System.Text.Json;
using TokenGateway.Simulation.Oracle;
using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.World;

namespace TokenGateway.Simulation.Provider;

/// <summary>
/// The token endpoint as one process meets it: connect, the body through the engine's own writer, the way there, the provider, the way back. Every stage
/// can fail, and the process can die or stand still between any two.
/// </summary>
internal sealed class TokenHandler(ProviderSite site, Process process) : HttpMessageHandler
{
    private readonly Scheduler _scheduler = site.Scheduler;
    private readonly Chaos _chaos = site.Chaos;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _scheduler.GuardThread();
        var fate = site.DrawFate(process);
        await ConnectAsync(fate, cancellationToken);
        using var body = new MemoryStream();
        await request.Content!.CopyToAsync(body, cancellationToken);

        // The deadline has been looked at, and the first byte has not left: W7.
        var presentation = site.Ledger.Begin(TokenOf(body), process);
        await PassAsync("body written", cancellationToken);
        presentation.SentAt = _scheduler.Ticks;
        _scheduler.Note(process.Name, $"sends {presentation.Token} (presentation {presentation.Number}, {fate})");
        return await ExchangeAsync(presentation, fate, cancellationToken);
    }

    private async Task ConnectAsync(TokenCallFate fate, CancellationToken cancellationToken)
    {
        await PassAsync("connecting", cancellationToken);
        if (fate == TokenCallFate.ConnectTimeout)
        {
            await new TaskCompletionSource().WaitForeverAsync(cancellationToken);
        }

        if (fate == TokenCallFate.ConnectionRefused || !site.Network.Reaches(process))
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The simulated provider refuses the connection.");
        }
    }

    /// <summary>A moment passes, in which the process can die or be stopped.</summary>
    private Task PassAsync(string spot, CancellationToken cancellationToken)
    {
        var passed = new TaskCompletionSource();
        cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), passed);
        if (_chaos.Reach(process, spot))
        {
            _scheduler.After(site.Latency(), process, () => passed.TrySetResult());
        }

        return passed.Task;
    }

    private Task<HttpResponseMessage> ExchangeAsync(Presentation presentation, TokenCallFate fate, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        cancellationToken.UnsafeRegister((_, token) =>
        {
            if (answer.TrySetCanceled(token))
            {
                presentation.Answer = AnswerFate.Lost;
            }
        }, null);
        if (!_chaos.Reach(process, "request sent") || fate == TokenCallFate.RequestLost)
        {
            return answer.Task;
        }

        var travel = fate == TokenCallFate.SlowRequest ? site.Plan.EndpointTimeout * _chaos.Random.NextDouble() : site.Latency();
        _scheduler.After(travel, () =>
        {
            var reply = site.Answer(presentation, fate);
            _chaos.Reach(process, "request processed");
            SendBack(presentation, reply, fate, answer);
        });
        return answer.Task;
    }

    private void SendBack(Presentation presentation, ProviderReply reply, TokenCallFate fate, TaskCompletionSource<HttpResponseMessage> answer)
    {
        switch (fate)
        {
            case TokenCallFate.AnswerNeverComes:
                presentation.Answer = AnswerFate.Lost;
                return;
            case TokenCallFate.AnswerReset:
                presentation.Answer = AnswerFate.Lost;
                _scheduler.After(site.Latency(), process, () => answer.TrySetException(new HttpRequestException(HttpRequestError.ResponseEnded, "reset")));
                return;
        }

        var travel = fate == TokenCallFate.SlowAnswer ? site.Plan.EndpointTimeout * (2 * _chaos.Random.NextDouble()) : site.Latency();
        _scheduler.After(travel, process, () =>
        {
            if (_chaos.Reach(process, "answer arrives"))
            {
                answer.TrySetResult(Response(presentation, reply, fate));
            }
        });
    }

    private HttpResponseMessage Response(Presentation presentation, ProviderReply reply, TokenCallFate fate)
    {
        var cut = fate == TokenCallFate.AnswerCut ? _chaos.Random.Below(reply.Body.Length) : reply.Body.Length;
        var holdsToken = presentation.Successor is null || Encoding.UTF8.GetString(reply.Body, 0, cut).Contains($"\"{presentation.Successor}\"", StringComparison.Ordinal);
        bool Arrived()
        {
            presentation.Answer = holdsToken ? AnswerFate.Read : AnswerFate.Lost;
            presentation.AnsweredAt = _scheduler.Ticks;
            return _chaos.Reach(process, "answer read");
        }

        var stream = new AnswerStream(_scheduler, process, reply.Body[..cut], cut < reply.Body.Length, Arrived, () => presentation.Answer = AnswerFate.Lost);
        var response = new HttpResponseMessage((HttpStatusCode)reply.Status) { Content = new AnswerContent(stream) };
        if (reply.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = new System.Net.Http.Headers.RetryConditionHeaderValue(wait);
        }

        return response;
    }

    private static string TokenOf(MemoryStream body)
    {
        using var json = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
        return json.RootElement.GetProperty("refresh_token").GetString()!;
    }
}
