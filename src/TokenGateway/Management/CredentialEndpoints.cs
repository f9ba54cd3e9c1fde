using System.Text.Json.Serialization.Metadata;
using TokenGateway.Hosting;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Management;

/// <summary>What an operator sees of the credentials, and can do to them.</summary>
internal sealed partial class CredentialEndpoints(ITokenManager tokens, Audit audit, ILogger<CredentialEndpoints> logger)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/api/credentials", ListAsync);
        routes.MapRead("/api/credentials/{name}", context => ForCredentialAsync(context, ShowAsync));
        routes.MapRead("/api/credentials/{name}/response", context => ForCredentialAsync(context, ShowResponseAsync));
        routes.MapPost("/api/credentials/{name}/rotate", context => ForCredentialAsync(context, RotateAsync));
        routes.MapPost("/api/credentials/{name}/validate", context => ForCredentialAsync(context, ValidateAsync));
        routes.MapPut("/api/credentials/{name}/refresh-token", context => ForCredentialAsync(context, ReseedAsync));
    }

    /// <summary>Finds the credential that a path names, and answers where there is none or something fails.</summary>
    public RequestDelegate ForCredential(Func<HttpContext, string, Task> action) => context => ForCredentialAsync(context, action);

    private async Task ListAsync(HttpContext context)
    {
        var reports = await Task.WhenAll(tokens.Credentials.Order(StringComparer.Ordinal).Select(name => tokens.GetReportAsync(name, context.RequestAborted)));
        await context.Response.WriteAsJsonAsync(
            [.. reports.Select(CredentialDocument.Of)], ManagementJson.Default.CredentialDocumentArray, cancellationToken: context.RequestAborted);
    }

    private async Task ShowAsync(HttpContext context, string name)
    {
        var report = await tokens.GetReportAsync(name, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(CredentialDocument.Of(report), ManagementJson.Default.CredentialDocument, cancellationToken: context.RequestAborted);
    }

    private Task ShowResponseAsync(HttpContext context, string name)
    {
        var shape = tokens.GetStatus(name).KeptResponse;
        return AnswerAsync(
            context,
            shape is null ? new Problem($"No token response of {name} is kept here", StatusCodes.Status404NotFound, "no_response_kept", Credential: name) : null,
            new KeptResponseDocument(shape ?? ""),
            ManagementJson.Default.KeptResponseDocument);
    }

    private Task RotateAsync(HttpContext context, string name)
    {
        // Anything else than a clear yes is none: force may cost the family.
        var force = context.Request.Query["force"] == "true";
        return audit.RecordAsync(context, force ? "forced rotation" : "rotation", name, async () =>
        {
            var report = await tokens.RotateAsync(name, force, context.RequestAborted);
            await AnswerAsync(context, RotationProblem.Of(report, name), RotationDocument.Of(report), ManagementJson.Default.RotationDocument);
            return SnakeCase.Of(report.Outcome);
        });
    }

    private Task ValidateAsync(HttpContext context, string name) => audit.RecordAsync(context, "validation", name, async () =>
    {
        var report = await tokens.ValidateAsync(name, context.RequestAborted);
        await AnswerAsync(context, problem: null, ValidationDocument.Of(report), ManagementJson.Default.ValidationDocument);
        return SnakeCase.Of(report.Verdict);
    });

    private async Task ReseedAsync(HttpContext context, string name)
    {
        if (await ReseedRequest.ReadAsync(context.Request, context.RequestAborted) is not { } refreshToken)
        {
            await new Problem("A reseed is JSON with the new refresh token: {\"refreshToken\": \"…\"}", StatusCodes.Status400BadRequest, "invalid_request", Credential: name)
                .WriteAsync(context.Response, context.RequestAborted);
            return;
        }

        await audit.RecordAsync(context, "reseed", name, async () =>
        {
            var report = await tokens.ReseedAsync(name, refreshToken, context.RequestAborted);
            await AnswerAsync(context, ReseedProblem.Of(report, name), new ReseedDocument(SnakeCase.Of(report.Outcome)), ManagementJson.Default.ReseedDocument);
            return SnakeCase.Of(report.Outcome);
        });
    }

    private static Task AnswerAsync<T>(HttpContext context, Problem? problem, T document, JsonTypeInfo<T> type) => problem is not null
        ? problem.WriteAsync(context.Response, context.RequestAborted)
        : context.Response.WriteAsJsonAsync(document, type, cancellationToken: context.RequestAborted);

    private async Task ForCredentialAsync(HttpContext context, Func<HttpContext, string, Task> action)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        if (!tokens.Credentials.Contains(name, StringComparer.Ordinal))
        {
            await new Problem("No such credential is configured", StatusCodes.Status404NotFound, "unknown_credential")
                .WriteAsync(context.Response, context.RequestAborted);
            return;
        }

        try
        {
            await action(context, name);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            CredentialEndpointsLog.CallFailed(logger, e, context.Request.Method, context.Request.Path);
            await new Problem("The call failed; the gateway's log says why", StatusCodes.Status503ServiceUnavailable, "unavailable", Credential: name)
                .WriteAsync(context.Response, context.RequestAborted);
        }
    }

    private static partial class CredentialEndpointsLog
    {
        [LoggerMessage(EventIds.ManagementCallFailed, LogLevel.Error, "Management call {Method} {Path} failed.")]
        public static partial void CallFailed(ILogger logger, Exception exception, string method, PathString path);
    }
}
