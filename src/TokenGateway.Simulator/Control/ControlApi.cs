using System.Text.Json;
using TokenGateway.Simulator.Http;

namespace TokenGateway.Simulator.Control;

/// <summary>The knobs for people and other processes, below <c>/simulator</c> on both listeners.</summary>
internal sealed class ControlApi(SimulatorHost host, bool onProviderListener)
{
    private static readonly PathString Root = "/simulator";

    private static readonly Answer Done = Answer.Json(200, json => json.WriteBoolean("done", true));

    public static bool Owns(HttpContext context) => context.Request.Path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase);

    public void Map(WebApplication app)
    {
        app.MapGet("/simulator/state", (RequestDelegate)(context => StateDocument.Of(host).SendAsync(context)));
        Post(app, "seed", (_, body) => Task.FromResult(Seed(body)));
        Post(app, "revoke", (_, body) => Task.FromResult(Revoke(body)));
        Post(app, "options", (_, body) => Task.FromResult(SetOptions(body)));
        Post(app, "faults", (_, body) => Task.FromResult(AddFault(body)));
        Post(app, "clear", (_, _) => Task.FromResult(Do(host.Faults.Clear)));
        Post(app, "release", (_, _) => Task.FromResult(Do(host.Faults.Release)));
        Post(app, "down", DownAsync);
        Post(app, "up", (_, _) => UpAsync());
    }

    private static void Post(WebApplication app, string name, Func<HttpContext, ControlBody, Task<Answer>> act)
    {
        RequestDelegate handler = async context => await RunAsync(context, act);
        app.MapPost($"/simulator/{name}", handler);
    }

    private static async Task RunAsync(HttpContext context, Func<HttpContext, ControlBody, Task<Answer>> act)
    {
        Answer answer;
        try
        {
            using var body = await ControlBody.ReadAsync(context.Request);
            answer = await act(context, body);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or JsonException or InvalidOperationException or IOException)
        {
            answer = Answer.Json(400, json => json.WriteString("error", OneLine.Of(e)));
        }

        await answer.SendAsync(context);
    }

    private Answer Seed(ControlBody body)
    {
        var seed = host.IssueSeed(body.Text("refreshToken"), body.Truth("withAccessToken") ?? false);
        return Answer.Json(200, json =>
        {
            json.WriteString("family", seed.Family);
            json.WriteString("refreshToken", seed.RefreshToken);
            if (seed.AccessToken is not null)
            {
                json.WriteString("accessToken", seed.AccessToken);
            }
        });
    }

    private Answer Revoke(ControlBody body)
    {
        var onlyAccess = body.Truth("accessTokensOnly") ?? false;
        string[] families = body.Text("family") is { } one ? [one] : [.. host.Provider.Families.Select(family => family.Family)];
        foreach (var family in families)
        {
            if (!(onlyAccess ? host.InvalidateAccessTokens(family) : host.RevokeFamily(family)))
            {
                throw new FormatException($"there is no family {family}; GET /simulator/state lists them");
            }
        }

        return Done;
    }

    private Answer SetOptions(ControlBody body)
    {
        var options = host.Options;
        foreach (var (name, value) in body.All())
        {
            options = SettingTable.Apply(options, name, value);
        }

        host.Options = options;
        return Done;
    }

    private Answer AddFault(ControlBody body)
    {
        var faults = body.Text("endpoint") switch
        {
            null or "token" => host.Faults.Token,
            "validate" => host.Faults.Validate,
            _ => throw new FormatException("endpoint must be token or validate"),
        };
        var fault = FaultDocument.Read(body);
        if (body.Real("probability") is { } probability)
        {
            faults.Sometimes(fault, probability, body.Number("seed") ?? 0);
        }
        else
        {
            faults.Enqueue(fault, body.Number("count") ?? 1);
        }

        return Done;
    }

    private async Task<Answer> DownAsync(HttpContext context, ControlBody body)
    {
        switch (body.Text("how"))
        {
            case null or "close":
                host.Faults.IsDown = true;
                break;
            case "refuse" when onProviderListener:
                // This very connection would be cut; so it answers first and the listener stops behind it.
                context.Response.OnCompleted(() =>
                {
                    _ = host.StopListeningAsync(CancellationToken.None);
                    return Task.CompletedTask;
                });
                break;
            case "refuse":
                await host.StopListeningAsync(context.RequestAborted);
                break;
            default:
                throw new FormatException(
                    "how must be close (connections are closed) or refuse (nobody listens; come back at the upstream's address)");
        }

        return Done;
    }

    private async Task<Answer> UpAsync()
    {
        await host.StartListeningAsync(CancellationToken.None);
        host.Faults.IsDown = false;
        return Done;
    }

    private static Answer Do(Action act)
    {
        act();
        return Done;
    }
}
