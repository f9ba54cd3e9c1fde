using System.Net;
using System.Text.Json;
using TokenGateway.Tests.EndToEnd;

namespace TokenGateway.Tests.Cases;

/// <summary>Plays one case's steps against a running gateway, each as often as the case's patience allows until what it wants is so.</summary>
internal sealed class CasePlayer(ProviderCase played, GatewayProcess gateway, CaseProvider.Seen seen)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task PlayAsync()
    {
        var number = 0;
        foreach (var step in played.Steps.EnumerateArray())
        {
            number++;
            var action = step.EnumerateObject().Single();
            if (await ProblemOfAsync(action) is { } problem)
            {
                throw new InvalidOperationException($"step {number}, {step.GetRawText()}: {problem}\nPOSTs: {seen.Spent.Count}\n{await gateway.CredentialAsync(played.Id)}");
            }
        }
    }

    /// <summary>Null when the step has come true within the case's patience.</summary>
    private async Task<string?> ProblemOfAsync(JsonProperty action)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (await TryAsync(action) is { } problem)
        {
            if (TimeProvider.System.GetElapsedTime(begun) > played.Patience)
            {
                return problem;
            }

            await Task.Delay(Pause, TimeProvider.System);
        }

        return null;
    }

    /// <summary>Does or looks at it once; null when it is as wanted.</summary>
    private async Task<string?> TryAsync(JsonProperty action) => action.Name switch
    {
        "get" => await GetAsync(action.Value),
        "rotate" => await RotateAsync(force: action.Value.ValueKind == JsonValueKind.String),
        "wait" => await WaitAsync(action.Value.GetDouble()),
        "spent" => Spent(action.Value[0].GetInt32(), action.Value[1].GetString()),
        "posts" => Within(action.Value, seen.Spent.Count),
        "redirected" => Unless(seen.Redirected == action.Value.GetInt32(), $"{seen.Redirected} requests followed the redirect"),
        "state" => await LookAsync("state", state => state.ValueEquals(action.Value.GetString())),
        "problem" => await LookAsync("problem", problem => problem.GetString()?.Contains(action.Value.GetString()!, StringComparison.OrdinalIgnoreCase) == true),
        "expires" => await LookAsync("accessTokenExpiresAt", moment => IsIn(action.Value, moment)),
        "refresh_expires" => await LookAsync("refreshTokenExpiresAt", moment => IsIn(action.Value, moment)),
        _ => throw new NotSupportedException($"The player has no step {action.Name}."),
    };

    private async Task<string?> GetAsync(JsonElement wanted)
    {
        using var response = await gateway.GetAsync($"/{played.Id}/things");
        var got = seen.ApiRequest;
        var problem = Unless((int)response.StatusCode == wanted.GetProperty("status").GetInt32(), $"status {(int)response.StatusCode}");
        if (problem is null && wanted.TryGetProperty("saw", out var saw))
        {
            problem = Unless(got.GetValueOrDefault("Authorization") == saw.GetString(), $"the API saw {got.GetValueOrDefault("Authorization")}");
        }

        if (problem is null && wanted.TryGetProperty("headers", out var headers))
        {
            problem = headers.EnumerateObject().Where(header => got.GetValueOrDefault(header.Name) != header.Value.GetString())
                .Select(header => $"the API saw {header.Name}: {got.GetValueOrDefault(header.Name)}").FirstOrDefault();
        }

        return problem;
    }

    /// <summary>Whatever came of it is as good, but for one that is not allowed yet.</summary>
    private async Task<string?> RotateAsync(bool force)
    {
        using var response = await gateway.Client.PostAsync(new Uri(gateway.Management, $"/api/credentials/{played.Id}/rotate{(force ? "?force=true" : "")}"), content: null);
        return Unless(response.StatusCode != HttpStatusCode.Conflict, await response.Content.ReadAsStringAsync());
    }

    private static async Task<string?> WaitAsync(double seconds)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        return null;
    }

    private string? Spent(int number, string? refreshToken)
    {
        var spent = seen.Spent.ElementAtOrDefault(number - 1);
        return Unless(spent == refreshToken, $"POST {number} carried {spent ?? "nothing"}");
    }

    private async Task<string?> LookAsync(string name, Func<JsonElement, bool> holds)
    {
        var value = (await gateway.CredentialAsync(played.Id)).GetProperty(name);
        return Unless(holds(value), $"{name} is {value}");
    }

    private static bool IsIn(JsonElement range, JsonElement moment) =>
        moment.ValueKind == JsonValueKind.String && Within(range, (moment.GetDateTimeOffset() - TimeProvider.System.GetUtcNow()).TotalSeconds) is null;

    private static string? Within(JsonElement range, double value) =>
        Unless(value >= range[0].GetDouble() && value <= range[1].GetDouble(), $"it is {value}");

    private static string? Unless(bool holds, string problem) => holds ? null : problem;
}
