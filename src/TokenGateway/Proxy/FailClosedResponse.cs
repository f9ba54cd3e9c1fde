using System.Globalization;
using TokenGateway.Hosting;
using TokenGateway.Tokens;

namespace TokenGateway.Proxy;

/// <summary>The response to a request for which there is no token, or no response of its upstream. Once it is written, YARP does not forward.</summary>
internal static class FailClosedResponse
{
    public const string ErrorHeader = "TokenGateway-Error";

    private const string GrpcUnavailable = "14";
    private const string GrpcFailedPrecondition = "9";

    public static Task WriteAsync(HttpContext context, TokenFailure failure)
    {
        if (WaitingHelps(failure.Code) && !IsGrpc(context.Request))
        {
            context.Response.Headers.RetryAfter = Seconds(failure.RetryAfter).ToString(CultureInfo.InvariantCulture);
        }

        var status = WaitingHelps(failure.Code) ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status502BadGateway;
        var problem = new Problem(Title(failure.Code), status, SnakeCase.Of(failure.Code), failure.Message, failure.Credential);
        return WriteAsync(context, problem, WaitingHelps(failure.Code) ? GrpcUnavailable : GrpcFailedPrecondition);
    }

    /// <summary>Says what the gateway itself has to say; to gRPC in its own way.</summary>
    public static Task WriteAsync(HttpContext context, Problem problem, string grpcStatus = GrpcUnavailable)
    {
        context.Response.Headers[ErrorHeader] = problem.Code;
        return IsGrpc(context.Request) ? WriteTrailersOnlyAsync(context.Response, problem, grpcStatus) : problem.WriteAsync(context.Response, context.RequestAborted);
    }

    /// <summary>
    /// gRPC's own way to fail without a message: status 200 and the outcome in the headers that end the stream. Completing
    /// the response is also what keeps YARP, to which 200 means "go on", from forwarding.
    /// </summary>
    private static Task WriteTrailersOnlyAsync(HttpResponse response, Problem problem, string grpcStatus)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = grpcStatus;
        response.Headers["grpc-message"] = Uri.EscapeDataString($"{problem.Code}: {problem.Detail ?? problem.Title}");
        return response.CompleteAsync();
    }

    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    private static bool WaitingHelps(TokenFailureCode code) => code != TokenFailureCode.ReauthorizationRequired;

    private static long Seconds(TimeSpan? wait) => Math.Max(1, (long)Math.Ceiling((wait ?? TimeSpan.Zero).TotalSeconds));

    private static string Title(TokenFailureCode code) => code switch
    {
        TokenFailureCode.StoreUnavailable => "The token has expired and the store cannot be reached",
        TokenFailureCode.RotationInDoubt => "The refresh token may be spent; its outcome is awaited",
        TokenFailureCode.ReauthorizationRequired => "The refresh token is dead; someone must log in and reseed",
        _ => "No usable access token at the moment",
    };
}
