using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Simulator.Http;

/// <summary>Stands between a call that was read and its answer, and does to both what the next fault says.</summary>
internal sealed class FaultInjector(FaultPlan plan, Provider provider, TimeProvider time)
{
    private const string Page = "<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>";

    private long _faulted;

    public long Faulted => Interlocked.Read(ref _faulted);

    /// <summary>Closes the connection of a call that comes while the provider is down; false when it is up.</summary>
    public bool DropsWhileDown(HttpContext context)
    {
        if (!plan.IsDown)
        {
            return false;
        }

        provider.Events.Add(EventKind.DroppedWhileDown);
        context.Abort();
        return true;
    }

    /// <summary>Answers one call with what <paramref name="process"/> makes of it, or with what the fault leaves of that.</summary>
    public async Task RespondAsync(HttpContext context, EndpointFaults faults, Func<Fault?, Answer> process)
    {
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var fault = faults.Next();
        if (fault is not null)
        {
            Interlocked.Increment(ref _faulted);
            provider.Events.Add(EventKind.Faulted);
        }

        try
        {
            await WaitBeforeAsync(fault, stopping);
            var answer = fault is { SkipsProcessing: true } ? null : process(fault);
            await DeliverAsync(context, fault, answer, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private async Task WaitBeforeAsync(Fault? fault, CancellationToken stopping)
    {
        var wait = provider.Options.Latency + ((fault as Fault.Delay)?.For ?? TimeSpan.Zero);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, stopping);
        }

        if (fault is Fault.Hang { AfterProcessing: false })
        {
            await HangAsync(stopping);
        }
    }

    // Says so only once it hangs, so that whoever waits for the event can release it.
    private Task HangAsync(CancellationToken stopping)
    {
        var released = plan.HangAsync(stopping);
        provider.Events.Add(EventKind.Hanging);
        return released;
    }

    private async Task DeliverAsync(HttpContext context, Fault? fault, Answer? answer, CancellationToken stopping)
    {
        if (fault is Fault.Drop)
        {
            context.Abort();
            return;
        }

        if (fault is Fault.Hang { AfterProcessing: true })
        {
            await HangAsync(stopping);
        }

        var spoiled = Instead(fault) ?? answer!;
        await (fault switch
        {
            Fault.Truncate cut => spoiled.SendAsync(context, cut.Bytes),
            Fault.MalformedJson => (spoiled with { Body = spoiled.Body[..^1] }).SendAsync(context),
            _ => spoiled.SendAsync(context),
        });
    }

    private static Answer? Instead(Fault? fault) => fault switch
    {
        Fault.Html => Answer.Text(StatusCodes.Status200OK, Page, "text/html"),
        Fault.Redirect redirect => Answer.Text(StatusCodes.Status307TemporaryRedirect, "", "text/plain") with { Location = redirect.Location },
        Fault.Status { Body: { } body } status => Answer.Text(status.Code, body, "application/json") with { RetryAfter = status.RetryAfter },
        Fault.Status { Code: StatusCodes.Status429TooManyRequests } status => Answer.RateLimited(status.RetryAfter),
        Fault.Status status => Answer.Text(status.Code, "The service is unavailable.\n", "text/plain") with { RetryAfter = status.RetryAfter },
        _ => null,
    };
}
