using TokenGateway.Hosting;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Management;

/// <summary>Every change of state that somebody asked for, or was refused: who, what, from where, and what came of it. Never a secret.</summary>
internal sealed partial class Audit(ILogger<Audit> logger)
{
    /// <summary>Runs a change and records its end, also where the caller has gone before.</summary>
    /// <param name="context">The call, admitted by <see cref="ManagementAccess"/>.</param>
    /// <param name="action">What is asked for, in words.</param>
    /// <param name="credential">The credential's configured name.</param>
    /// <param name="change">The change; gives its outcome in a word.</param>
    public async Task RecordAsync(HttpContext context, string action, string credential, Func<Task<string>> change)
    {
        var (caller, address) = (context.Features.Get<ManagementCaller>()?.Name ?? "unknown", AddressOf(context));
        AuditLog.Asked(logger, action, credential, caller, address);
        var outcome = "failed";
        try
        {
            outcome = await change();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            outcome = "not awaited by its caller";
            throw;
        }
        finally
        {
            AuditLog.Ended(logger, action, credential, caller, address, outcome);
        }
    }

    /// <summary>A change was asked for by somebody who may not.</summary>
    public void Refused(HttpContext context, Problem problem) =>
        AuditLog.Refused(logger, context.Request.Method, context.Request.Path, AddressOf(context), problem.Code);

    private static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    private static partial class AuditLog
    {
        [LoggerMessage(EventIds.ManagementChangeAsked, LogLevel.Information, "Audit: {Action} of credential {Credential} was asked for by {Caller} from {Address}")]
        public static partial void Asked(ILogger logger, string action, string credential, string caller, string address);

        [LoggerMessage(EventIds.ManagementChangeEnded, LogLevel.Information, "Audit: {Action} of credential {Credential}, asked for by {Caller} from {Address}, ended: {Outcome}")]
        public static partial void Ended(ILogger logger, string action, string credential, string caller, string address, string outcome);

        [LoggerMessage(EventIds.ManagementChangeRefused, LogLevel.Warning, "Audit: {Method} {Path} from {Address} was refused: {Code}")]
        public static partial void Refused(ILogger logger, string method, PathString path, string address, string code);
    }
}

/// <summary>How a caller proved itself: <c>api key</c> or <c>this machine</c>.</summary>
internal sealed record ManagementCaller(string Name);
