using System.Diagnostics;
using System.Net;
using System.Text.Json;
using TokenGateway.Testing;

namespace TokenGateway.Tests.Deploy;

/// <summary>A real Prometheus with the configuration and alerts that are delivered, which scrapes a test's gateways.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    /// <summary>Where compose.yaml puts the alerts.</summary>
    public const string AlertsInContainer = "/etc/prometheus/alerts.yaml";

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-prometheus-");
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private Process? _process;

    /// <param name="targets">Where <c>/metrics</c> is.</param>
    public static async Task<PrometheusServer> StartAsync(IEnumerable<Uri> targets)
    {
        var server = new PrometheusServer();
        var port = Ports.Free();
        server._client.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        var configuration = Path.Combine(server._folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(configuration, Replace(
            RepositoryFile.Read("deploy/compose/prometheus.yml"),
            ("interval: 5s", "interval: 1s"),
            (AlertsInContainer, RepositoryFile.PathOf("deploy/prometheus/alerts.yaml")),
            ("""["gateway-1:8081", "gateway-2:8081"]""", $"[{string.Join(", ", targets.Select(target => $"\"{target.Authority}\""))}]")));
        server.Launch("--config.file=" + configuration, "--storage.tsdb.path=" + server._folder.FullName, $"--web.listen-address=127.0.0.1:{port}", "--log.level=error");
        return server;
    }

    /// <summary>What the query gives, once it gives something.</summary>
    public async Task<JsonElement> UntilAsync(string query)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (await QueryAsync(query) is var result && result.GetArrayLength() > 0)
                {
                    return result;
                }
            }
            catch (HttpRequestException) when (_process is { HasExited: false })
            {
                // It does not listen yet.
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < StartTime, $"Prometheus has nothing for {query}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    public async Task<JsonElement> QueryAsync(string query)
    {
        var answer = await GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(query));
        Assert.True(answer.GetProperty("status").GetString() == "success", $"{query}: {answer}");
        return answer.GetProperty("data").GetProperty("result");
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _client.GetAsync(path);
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            throw new HttpRequestException("Prometheus is not ready yet.");
        }

        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Launch(params string[] arguments)
    {
        try
        {
            _process = Process.Start(new ProcessStartInfo("prometheus", arguments) { UseShellExecute = false });
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException("This test needs prometheus and promtool: run tests/run, or install them (Debian: apt-get install prometheus).", missing);
        }
    }

    private static string Replace(string text, params (string Old, string New)[] replacements) => replacements.Aggregate(text, (changed, pair) =>
    {
        Assert.Contains(pair.Old, changed, StringComparison.Ordinal);
        return changed.Replace(pair.Old, pair.New, StringComparison.Ordinal);
    });
}
