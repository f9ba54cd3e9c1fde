using System.Diagnostics;
using System.Text.Json;
using TokenGateway.Hosting;
using TokenGateway.Simulator;
using TokenGateway.Testing;
using TokenGateway.Tests.EndToEnd;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Deploy;

/// <summary>The dashboard and the alerts, against gateways that a real Prometheus scrapes.</summary>
public sealed class MonitoringTests
{
    [Fact]
    public async Task Every_panel_of_the_dashboard_shows_something_and_every_alert_is_evaluated_and_quiet()
    {
        await using var fleet = await GatewayFleet.StartAsync(
            new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2) }, replicas: 2, credential: plum => plum["DefaultRefreshExpiresIn"] = "30.00:00:00");
        await using var prometheus = await PrometheusServer.StartAsync(fleet.Gateways.Select(gateway => gateway.Management));
        await prometheus.UntilAsync("count(up == 1) == 2");
        foreach (var gateway in fleet.Gateways)
        {
            using var answer = await gateway.GetAsync();
        }

        var panels = Queries().ToList();
        Assert.True(panels.Count > 20, "the dashboard was not read");
        foreach (var query in panels)
        {
            await prometheus.UntilAsync(query);
        }

        var rules = (await prometheus.GetAsync("/api/v1/rules")).GetProperty("data").GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray()).ToList();
        Assert.NotEmpty(rules);
        Assert.All(rules, rule =>
        {
            Assert.Equal("ok", rule.GetProperty("health").GetString());
            Assert.NotEqual("firing", rule.GetProperty("state").GetString());
        });
    }

    [Fact]
    public void Compose_mounts_what_Prometheus_and_Grafana_read()
    {
        var compose = RepositoryFile.Read("deploy/compose/compose.yaml");
        var dashboards = Lines("deploy/compose/grafana/provisioning/dashboards/tokengateway.yaml", "- { name: TokenGateway, type: file, options: { path: ").Single().Split(' ')[0];

        Assert.Contains($"- ../prometheus/alerts.yaml:{PrometheusServer.AlertsInContainer}:ro", compose, StringComparison.Ordinal);
        Assert.Contains($"- ../grafana:{dashboards}:ro", compose, StringComparison.Ordinal);
        Assert.All(
            compose.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("- .", StringComparison.Ordinal) && !line.Contains("secrets", StringComparison.Ordinal)),
            line => Assert.True(Path.Exists(RepositoryFile.PathOf(Path.Combine("deploy/compose", line[2..].Split(':')[0]))), line));
    }

    [Fact]
    public async Task Alerts_fire_when_they_should_and_only_then()
    {
        var start = new ProcessStartInfo("promtool", ["test", "rules", "alerts.test.yaml"])
        {
            WorkingDirectory = RepositoryFile.PathOf("deploy/prometheus"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var promtool = Process.Start(start)!;

        var output = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();

        Assert.True(promtool.ExitCode == 0, output);
    }

    [Fact]
    public void Every_alert_is_tested_and_every_alert_and_state_has_its_place_in_the_runbook()
    {
        var alerts = Lines("deploy/prometheus/alerts.yaml", "- alert: ").ToList();
        var tested = Lines("deploy/prometheus/alerts.test.yaml", "alertname: ").ToHashSet(StringComparer.Ordinal);
        var chapters = Lines("docs/runbook.md", "### ").ToHashSet(StringComparer.Ordinal);

        Assert.All(Enum.GetValues<CredentialState>(), state => Assert.Contains(SnakeCase.Of(state), chapters));
        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert =>
        {
            Assert.Contains(alert, tested);
            Assert.Contains(alert, chapters);
            Assert.Contains($"runbook: docs/runbook.md#{alert.ToLowerInvariant()}", RepositoryFile.Read("deploy/prometheus/alerts.yaml"), StringComparison.Ordinal);
        });
    }

    private static IEnumerable<string> Lines(string file, string prefix) => RepositoryFile.Read(file).Split('\n')
        .Select(line => line.Trim()).Where(line => line.StartsWith(prefix, StringComparison.Ordinal)).Select(line => line[prefix.Length..].Trim('`', ' '));

    /// <summary>Each panel's queries, with Grafana's variables as a user finds them.</summary>
    private static IEnumerable<string> Queries()
    {
        var dashboard = JsonDocument.Parse(RepositoryFile.Read("deploy/grafana/tokengateway.json")).RootElement;
        return from panel in dashboard.GetProperty("panels").EnumerateArray()
               where panel.TryGetProperty("targets", out _)
               from target in panel.GetProperty("targets").EnumerateArray()
               select target.GetProperty("expr").GetString()!
                   .Replace("$credential", ".*", StringComparison.Ordinal).Replace("$__rate_interval", "30s", StringComparison.Ordinal);
    }
}
