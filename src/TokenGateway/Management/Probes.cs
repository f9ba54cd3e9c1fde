using System.Text;
using TokenGateway.Hosting;
using TokenGateway.Telemetry;
using TokenGateway.Tokens;

namespace TokenGateway.Management;

/// <summary>What a kubelet asks. All of it comes from memory, so that a store or provider that is away never slows a probe.</summary>
internal sealed class Probes(ITokenManager tokens, ServingState serving)
{
    private const string Live = "/livez";
    private const string Startup = "/startupz";
    private const string Ready = "/readyz";

    /// <summary>The paths that need no key.</summary>
    public static bool IsProbe(PathString path) => path.Value is Live or Startup or Ready or HealthEndpoint.Path or ScrapedMetrics.Path;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Live, static context => WriteAsync(context, [new Check("process", true, "alive")]));
        routes.MapRead(Startup, context => WriteAsync(context, [.. Credentials().Select(Loaded)]));
        routes.MapRead(Ready, context => WriteAsync(context, ReadyChecks()));
    }

    private IEnumerable<CredentialStatus> Credentials() => tokens.Credentials.Select(tokens.GetStatus);

    /// <summary>One dead credential must not take the others out of service: all that is asked for is one that can be served, and those that say so by <c>RequiredForReadiness</c>.</summary>
    private List<Check> ReadyChecks()
    {
        var credentials = Credentials().ToList();
        var usable = credentials.Count(status => status.Usable);
        return
        [
            new Check("proxy", serving.IsListening, serving.IsListening ? "listening" : "not listening yet"),
            new Check("shutdown", !serving.IsDraining, serving.IsDraining ? "draining" : "not draining"),
            new Check("any credential", usable > 0 || credentials.Count == 0, $"{usable} of {credentials.Count} usable"),
            .. credentials.Select(Usable),
        ];
    }

    private static Check Loaded(CredentialStatus status) => new(status.Name, status.Loaded, status.Loaded ? "loaded" : "not loaded yet");

    private static Check Usable(CredentialStatus status) => !status.Loaded ? Loaded(status)
        : status.Usable ? new Check(status.Name, true, "usable")
        : new Check(status.Name, !status.RequiredForReadiness, status.Problem ?? "no usable access token") { IsWanting = true };

    private static Task WriteAsync(HttpContext context, IReadOnlyList<Check> checks)
    {
        var passed = checks.All(check => check.Passed);
        context.Response.StatusCode = passed ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        var text = new StringBuilder();
        if (context.Request.Query.ContainsKey("verbose"))
        {
            foreach (var check in checks)
            {
                text.Append(!check.Passed ? "[-] " : check.IsWanting ? "[~] " : "[+] ").Append(check.Name).Append(": ").Append(check.Detail).Append('\n');
            }
        }

        text.Append(passed ? "ok\n" : "failed\n");
        return context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }

    private sealed record Check(string Name, bool Passed, string Detail)
    {
        /// <summary>Something is wrong that the probe does not ask for.</summary>
        public bool IsWanting { get; init; }
    }
}
