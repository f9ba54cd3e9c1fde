using TokenGateway.Hosting;
using TokenGateway.Management.Login;

namespace TokenGateway.Management;

/// <summary>
/// Who may use the management API. Where a key is configured, who has it, from this machine too: another user, or a forwarder that passes strangers on, comes from here as well. Without one,
/// who is on this machine and called it directly and by a loopback name (so that no web page can reach it through a name of its own), or through its Unix socket. Probes, the dashboard's own
/// files and a browser that a login sends back need no key.
/// </summary>
/// <param name="keys">The key.</param>
/// <param name="audit">Learns of changes that are refused.</param>
/// <param name="time">The clock.</param>
/// <param name="byUnixSocket">The listener is a Unix socket, which only its owner can open.</param>
internal sealed class ManagementAccess(SecretSet keys, Audit audit, TimeProvider time, bool byUnixSocket = false)
{
    private const string Scheme = "Bearer ";

    private readonly GuessBrake _brake = new(time);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (DashboardPages.IsPage(context.Request.Path) || LoginEndpoints.IsForBrowsers(context.Request.Path))
        {
            return next(context); // By any name, as through a proxy: a page holds nothing, and what a login brings back cannot be guessed.
        }

        if (Probes.IsProbe(context.Request.Path))
        {
            return IsUnderForeignName(context)
                ? Refuse(context, new Problem("On this machine it answers to localhost and loopback addresses only", StatusCodes.Status403Forbidden, "host_not_allowed"))
                : next(context);
        }

        if (ChangesState(context.Request) && IsCrossOrigin(context.Request))
        {
            return Refuse(context, new Problem("Calls from another origin are refused", StatusCodes.Status403Forbidden, "cross_origin"));
        }

        // From this machine nothing is slowed: another program's mistakes must not lock the operator's commands out.
        var (isLocal, caller) = (IsLocal(context), context.Connection.RemoteIpAddress);
        var guesses = !isLocal && keys.IsConfigured && context.Request.Headers.Authorization.Count > 0;
        if (guesses && _brake.IsOn(caller))
        {
            context.Response.Headers.RetryAfter = "1";
            return Refuse(context, new Problem("Too many wrong keys came from this address", StatusCodes.Status429TooManyRequests, "too_many_attempts"));
        }

        var hasKey = HasKey(context.Request);
        if (keys.IsConfigured ? !hasKey : !isLocal)
        {
            if (guesses)
            {
                _brake.Wrong(caller);
            }

            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Refuse(context, new Problem("Authorization: Bearer with the management API key is required", StatusCodes.Status401Unauthorized, "api_key_required",
                keys.IsConfigured
                    ? "It is the one of TokenGateway:Management:ApiKey or ApiKeyFile; the commands send it, from this machine too."
                    : "Without a configured key the API answers only direct calls from this machine to localhost; set TokenGateway:Management:ApiKey to use it from elsewhere, or through a forwarder."));
        }

        context.Features.Set(new ManagementCaller(hasKey ? "api key" : "this machine"));
        return next(context);
    }

    private bool HasKey(HttpRequest request)
    {
        var values = request.Headers.Authorization;
        return keys.IsConfigured && values is [{ } value] &&
            value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && keys.Contains(value.AsSpan(Scheme.Length).Trim());
    }

    private bool IsLocal(HttpContext context) =>
        !IsForwarded(context.Request.Headers)
        && (context.Connection.RemoteIpAddress is { } caller ? Loopback.Is(caller) && Loopback.IsHost(context.Request.Host) : byUnixSocket);

    /// <summary>A forwarder on this machine speaks for callers that are elsewhere.</summary>
    private static bool IsForwarded(IHeaderDictionary headers) =>
        headers.Any(header => header.Key.Equals("Forwarded", StringComparison.OrdinalIgnoreCase) || header.Key.Equals("Via", StringComparison.OrdinalIgnoreCase)
            || header.Key.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase));

    /// <summary>A web page whose name was made to lead to this machine (DNS rebinding) reaches it by that name.</summary>
    private static bool IsUnderForeignName(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } caller && Loopback.Is(caller) && context.Request.Host.HasValue && !Loopback.IsHost(context.Request.Host);

    private static bool ChangesState(HttpRequest request) => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);

    /// <summary>
    /// What a browser says by itself, and no page can forge, comes first (Fetch Metadata): behind a proxy that ends TLS, the origin's scheme is not the request's.
    /// </summary>
    private static bool IsCrossOrigin(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        return site.Length > 0
            ? site is not ("same-origin" or "none")
            : origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private Task Refuse(HttpContext context, Problem problem)
    {
        if (ChangesState(context.Request))
        {
            audit.Refused(context, problem);
        }

        return problem.WriteAsync(context.Response, context.RequestAborted);
    }
}
