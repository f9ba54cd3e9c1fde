using System.Net.Http.Headers;
using System.Text.Json;
using TokenGateway.Configuration;
using TokenGateway.Hosting;
using TokenGateway.Management;

namespace TokenGateway.Commands;

/// <summary><c>rotate NAME [--force]</c>: asks the running gateway for a rotation, through its management API. Exit code 0 when there is a new token.</summary>
internal static class RotateCommand
{
    /// <summary>Longer than any lease with its endpoint timeout is likely to take.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(CommandConfiguration source, string credential, bool force, CommandOutput output)
    {
        try
        {
            using var configuration = source.Read(new ConfigurationHealth());
            var settings = (await ConfigurationCheck.ReadAsync(configuration, source.Settings)).Gateway.Management;
            return await RotateAsync(settings, credential, force, output);
        }
        catch (StartupException e)
        {
            return output.Fail(e.Errors, exitCode: 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return output.Fail($"TokenGateway:Management:ApiKeyFile cannot be read: {e.Message}", exitCode: 1);
        }
    }

    private static async Task<int> RotateAsync(ManagementSettings settings, string credential, bool force, CommandOutput output)
    {
        using var client = new HttpClient { BaseAddress = Reachable(settings.Url), Timeout = Timeout };
        if (settings.ApiKey.Read() is { } key)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal());
        }

        try
        {
            using var answer = await client.PostAsync($"api/credentials/{Uri.EscapeDataString(credential)}/rotate{(force ? "?force=true" : "")}", content: null);
            var body = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode)
            {
                return output.Fail(Explain(body) ?? $"The gateway answered {(int)answer.StatusCode}.", exitCode: 1);
            }

            var rotation = JsonSerializer.Deserialize(body, ManagementJson.Default.RotationDocument)!;
            await output.Out.WriteLineAsync($"{credential}: {rotation.Outcome}, generation {rotation.Generation}, by {rotation.By} in {rotation.DurationMs} ms");
            return 0;
        }
        catch (TaskCanceledException)
        {
            return output.Fail($"The gateway at {client.BaseAddress} has not answered within {Timeout.TotalMinutes} minutes; the rotation may still be under way.", exitCode: 1);
        }
        catch (Exception error) when (error is HttpRequestException or JsonException)
        {
            return output.Fail($"No gateway answers at {client.BaseAddress} (TokenGateway:Management:Url): is it running, with this configuration?", exitCode: 1);
        }
    }

    /// <summary>A listener on every address is reached through loopback, where no key is needed.</summary>
    private static Uri Reachable(string url)
    {
        var uri = new UriBuilder(url.Replace("//*", "//127.0.0.1", StringComparison.Ordinal).Replace("//+", "//127.0.0.1", StringComparison.Ordinal));
        uri.Host = uri.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : uri.Host;
        return uri.Uri;
    }

    private static string? Explain(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ProblemJson.Default.Problem) is { } problem ? $"{problem.Title}. {problem.Detail}".TrimEnd() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
