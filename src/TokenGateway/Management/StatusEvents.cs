using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TokenGateway.Hosting;
using TokenGateway.Tokens;

namespace TokenGateway.Management;

/// <summary>
/// <c>/api/events</c>: the gateway's clock, the credentials' names, every credential at first and then each one whose status has changed, as server-sent events. What is compared comes from memory;
/// the store is asked only where something has changed, and a moment later.
/// </summary>
internal sealed class StatusEvents(ITokenManager tokens, TimeProvider time, CancellationToken stopping)
{
    private const int MostStreams = 32;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Shorter than proxies take for silence. It carries the gateway's time, so that a page need not trust its own clock.</summary>
    private static readonly TimeSpan ClockInterval = TimeSpan.FromSeconds(15);

    /// <summary>History and lease are written after the status has changed: what was told then is looked at once more.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Reconnection = TimeSpan.FromSeconds(2);

    private int _streams;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/events", StreamAsync);

    private async Task StreamAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _streams) > MostStreams)
            {
                await new Problem($"No more than {MostStreams} streams of events are served at a time", StatusCodes.Status503ServiceUnavailable, "too_many_streams")
                    .WriteAsync(context.Response, context.RequestAborted);
                return;
            }

            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            context.Response.ContentType = "text/event-stream";
            await SseFormatter.WriteAsync(EventsAsync(ended.Token), context.Response.Body, ended.Token);
        }
        catch (OperationCanceledException)
        {
            // The reader has gone, or the gateway goes: both are how a stream ends.
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async IAsyncEnumerable<SseItem<string>> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, Shown>(StringComparer.Ordinal);
        string[]? told = null;
        var toldAt = TimeSpan.MinValue;
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(LookInterval, time);
        do
        {
            var now = time.GetElapsedTime(started);
            if (toldAt == TimeSpan.MinValue || now - toldAt >= ClockInterval)
            {
                toldAt = now;
                yield return new SseItem<string>(time.GetUtcNow().ToString("O"), "clock") { ReconnectionInterval = Reconnection };
            }

            string[] names = [.. tokens.Credentials.Order(StringComparer.Ordinal)];
            if (told?.SequenceEqual(names, StringComparer.Ordinal) != true)
            {
                told = names;
                yield return new SseItem<string>(JsonSerializer.Serialize(names, ManagementJson.Default.StringArray), "credentials");
            }

            foreach (var name in names)
            {
                var (status, known) = (Comparable(tokens.GetStatus(name)), seen.GetValueOrDefault(name));
                var changed = known?.Status != status;
                if (changed || known!.LookAgainAt <= now)
                {
                    var report = CredentialDocument.Of(await tokens.GetReportAsync(name, cancellationToken));
                    var document = JsonSerializer.Serialize(report, ManagementJson.Default.CredentialDocument);
                    seen[name] = new Shown(status, document, changed ? now + Settling : TimeSpan.MaxValue);
                    if (document != known?.Document)
                    {
                        yield return new SseItem<string>(document, "credential");
                    }
                }
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>A plan that is counted from now moves by itself; that is no news.</summary>
    private static CredentialStatus Comparable(CredentialStatus status) => status with
    {
        NextRotationAt = status.NextRotationAt is { } next ? DateTimeOffset.FromUnixTimeSeconds((next.ToUnixTimeMilliseconds() + 500) / 1000) : null,
    };

    /// <summary>What a reader has been told of a credential.</summary>
    private sealed record Shown(CredentialStatus Status, string Document, TimeSpan LookAgainAt);
}
