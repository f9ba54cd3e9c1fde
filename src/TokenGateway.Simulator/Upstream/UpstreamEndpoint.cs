using TokenGateway.Simulator.Http;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Simulator.Upstream;

/// <summary>
/// The API that the tokens are for: <c>/api/{**rest}</c> echoes a request with a living token and refuses every other (RFC 6750 §3).
/// It stands under load in tests and benchmarks: a small GET takes no lock and no asynchronous step.
/// </summary>
internal sealed class UpstreamEndpoint(Provider provider)
{
    private static readonly PathString Root = "/api";

    private long _requests;
    private long _naked;
    private long _unauthorized;

    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Requests without any Authorization header.</summary>
    public long Naked => Interlocked.Read(ref _naked);

    /// <summary>Requests with a dead or unknown token, another scheme or two credentials.</summary>
    public long Unauthorized => Interlocked.Read(ref _unauthorized);

    public static bool Owns(HttpContext context) => context.Request.Path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase);

    public Task HandleAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        var header = context.Request.Headers.Authorization;
        var token = provider.Check(BearerHeader.Read(header));
        if (token is null)
        {
            return Refuse(context, isNaked: header.Count == 0);
        }

        if (HasBody(context.Request))
        {
            return EchoWithBodyAsync(context, token);
        }

        Echo.Write(context, token, bodyLength: 0);
        return Task.CompletedTask;
    }

    private static bool HasBody(HttpRequest request) =>
        request.ContentLength > 0 || (request.ContentLength is null && request.Headers.TransferEncoding.Count > 0);

    private static async Task EchoWithBodyAsync(HttpContext context, IssuedAccessToken token)
    {
        long length = 0;
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            length += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        Echo.Write(context, token, length);
    }

    private Task Refuse(HttpContext context, bool isNaked)
    {
        Interlocked.Increment(ref isNaked ? ref _naked : ref _unauthorized);
        var challenge = isNaked ? "Bearer" : "Bearer error=\"invalid_token\"";
        var answer = Answer.Error(401, isNaked ? "missing_token" : "invalid_token", "the upstream needs a living access token");
        return (answer with { WwwAuthenticate = challenge }).SendAsync(context);
    }
}
