using System.Diagnostics;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Telemetry;

/// <summary>
/// A rotation as a trace: a span <c>rotation</c> with one child for each of its steps. Without a listener a span is null and costs nothing. No span carries more than
/// names, numbers and reasons of closed sets.
/// </summary>
internal static class RotationTrace
{
    public const string SourceName = "TokenGateway";

    public const string Acquire = "rotation.acquire";
    public const string Intent = "rotation.intent";
    public const string Post = "rotation.post";
    public const string Journal = "rotation.journal";
    public const string Commit = "rotation.commit";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The whole attempt. It belongs to the clock, or to everybody who asked for it, so it is nobody's child.</summary>
    public static Activity? StartRotation(string credential)
    {
        Activity.Current = null;
        var rotation = Source.StartActivity("rotation");
        rotation?.SetTag("tokengateway.credential", credential);
        return rotation;
    }

    /// <summary>One step of the attempt under way.</summary>
    public static Activity? StartStep(string name, ActivityKind kind = ActivityKind.Internal) => Source.StartActivity(name, kind);

    /// <summary>How the attempt ended.</summary>
    public static void End(Activity? rotation, RotationOutcome outcome, long generation)
    {
        rotation?.SetTag("tokengateway.outcome", Labels.Of(outcome)).SetTag("tokengateway.generation", generation);
        if (outcome is not (RotationOutcome.Rotated or RotationOutcome.TakenOver or RotationOutcome.Forbidden))
        {
            rotation?.SetStatus(ActivityStatusCode.Error, Labels.Of(outcome));
        }
    }

    /// <summary>What came back for the refresh token: the status, or why there is none. The names are OpenTelemetry's.</summary>
    public static void Describe(Activity? post, Uri endpoint, TokenExchange exchange)
    {
        post?.SetTag("http.request.method", "POST").SetTag("server.address", endpoint.Host).SetTag("server.port", endpoint.Port);
        switch (exchange)
        {
            case TokenExchange.Answered { Answer.Status: var status }:
                post?.SetTag("http.response.status_code", status);
                break;
            case TokenExchange.NotSent notSent:
                Fail(post, notSent.Reason);
                break;
            case TokenExchange.Lost lost:
                Fail(post, lost.Reason);
                break;
        }
    }

    /// <summary>The step failed, or came to something else than it was taken for.</summary>
    /// <param name="step">The step.</param>
    /// <param name="reason">From a closed set, without secrets.</param>
    public static void Fail(Activity? step, string reason) => step?.SetTag("error.type", reason).SetStatus(ActivityStatusCode.Error, reason);
}
