using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Tests.EndToEnd;

namespace TokenGateway.Tests.Telemetry;

/// <summary>A gateway that tells all it can tell, while everything goes wrong that has a secret in its hand.</summary>
public sealed class LeakTests
{
    /// <summary>Every secret of the test contains it.</summary>
    private const string Mark = "s3cr3t";

    [Fact]
    public async Task No_secret_is_in_any_signal_at_the_level_Trace()
    {
        var tokens = 0;
        await using var receiver = await OtlpReceiver.StartAsync(HttpProtocols.Http1);
        await using var fleet = await GatewayFleet.CreateAsync(
            new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2), ClientSecret = $"{Mark}-client" },
            newToken: () => $"{Mark}-token-{Interlocked.Increment(ref tokens)}");
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Status(429, Body: $"{{\"refresh_token\":\"{Mark}-429\"}}"));
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Status(500, Body: $"{Mark}-500"));
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.MalformedJson());
        var gateway = await fleet.StartGatewayAsync(AskOften, Everything(receiver));
        await gateway.UntilActiveAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Html(AfterProcessing: true));
        await gateway.UntilAsync(status => status.GetProperty("state").GetString() == "in_doubt");
        await AskAsync(gateway, gateway.Proxy, "/plum/things");
        await AskAsync(gateway, gateway.Management, "/api/credentials");
        fleet.WriteSeed(fleet.Simulator.IssueSeed().RefreshToken);
        await gateway.UntilAsync(status => status.GetProperty("generation").GetInt64() >= 3, TimeSpan.FromSeconds(30));
        var metrics = await MetricsText.ReadAsync(gateway.Client, gateway.Management);
        var status = (await gateway.CredentialAsync()).ToString();
        await gateway.TerminateAsync();

        Assert.Contains("dbug:", gateway.Output, StringComparison.Ordinal);
        Assert.Contains("trce:", gateway.Output, StringComparison.Ordinal);
        Assert.True(tokens > 6);
        Assert.NotEmpty(receiver.Spans);
        Assert.Contains(receiver.Logs, record => record.Attributes.ContainsKey("logrecord.event.id"));
        Assert.DoesNotContain(Mark, gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Mark, metrics.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Mark, status, StringComparison.Ordinal);
        Assert.All(receiver.Messages, message => Assert.DoesNotContain(Mark, Encoding.Latin1.GetString(message), StringComparison.Ordinal));
    }

    private static void AskOften(JsonObject credential) =>
        credential["Validation"] = new JsonObject { ["Interval"] = "00:00:00.2", ["CacheFor"] = "00:00:00.1" };

    private static Dictionary<string, string> Everything(OtlpReceiver receiver)
    {
        var environment = OtlpTests.Environment(receiver, "http/protobuf");
        foreach (var category in new[] { "Default", "Microsoft", "System", "Yarp" })
        {
            environment[$"Logging__LogLevel__{category}"] = "Trace";
        }

        environment["OTEL_METRIC_EXPORT_INTERVAL"] = "500";
        environment["OTEL_EXPORTER_OTLP_HEADERS"] = $"api-key={Mark}-otlp";
        environment["TokenGateway__Management__ApiKey"] = $"{Mark}-management";
        return environment;
    }

    private static async Task AskAsync(GatewayProcess gateway, Uri host, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, path)) { Content = new StringContent($"{Mark}-body") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", $"{Mark}-management");
        request.Headers.Add("Cookie", $"session={Mark}-cookie");
        request.Headers.Add("TokenGateway-Key", $"{Mark}-inbound");
        using var answer = await gateway.Client.SendAsync(request);
        Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
    }
}
