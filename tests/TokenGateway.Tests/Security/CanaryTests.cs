using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using StackExchange.Redis;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Testing;
using TokenGateway.Tests.EndToEnd;
using TokenGateway.Tests.Telemetry;

namespace TokenGateway.Tests.Security;

/// <summary>A canary in every secret field, and in every answer and request that may carry one: afterwards it is looked for everywhere, and found nowhere.</summary>
public sealed class CanaryTests
{
    private static readonly byte[] EncryptionKey = [.. Enumerable.Range(1, 32).Select(number => (byte)(number * 7))];

    private readonly CanaryHunt _hunt = new(Convert.ToBase64String(EncryptionKey), EncryptionKey);
    private int _tokens;

    [Theory]
    [InlineData("Embedded")]
    [InlineData("Redis")]
    public async Task Canary_is_found_nowhere(string store)
    {
        await using var receiver = await OtlpReceiver.StartAsync(HttpProtocols.Http1);
        await using var redis = await RedisServer.StartOwnAsync("--rdbcompression", "no");
        await using var admin = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",allowAdmin=true");
        await admin.GetDatabase().ExecuteAsync("ACL", ["SETUSER", "tokengateway", .. RedisUser.Rules("canaries", CanaryHunt.Canary("redis"))]);
        await using var fleet = await GatewayFleet.CreateAsync(
            new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2), ClientSecret = CanaryHunt.Canary("client") },
            newToken: () => CanaryHunt.Canary($"token-{Interlocked.Increment(ref _tokens)}"));
        QueueFaults(fleet.Simulator.Faults);
        var file = Configure(fleet, store, redis.ConnectionString);

        await using (var gateway = await GatewayProcess.StartAsync(file, Everything(receiver)))
        {
            await gateway.UntilAsync(status => status.GetProperty("state").GetString() == "in_doubt");
            await LookAroundAsync(gateway);
            await CommandsAsync(file, fleet, gateway);
            fleet.WriteSeed(fleet.Simulator.IssueSeed().RefreshToken);
            await gateway.UntilAsync(status => status.GetProperty("generation").GetInt64() >= 3, TimeSpan.FromSeconds(60));
            await LookAroundAsync(gateway);
            _hunt.Look("process arguments", await File.ReadAllBytesAsync($"/proc/{gateway.Id}/cmdline"));
            Assert.Matches(@"Max core file size +0 +0 ", await File.ReadAllTextAsync($"/proc/{gateway.Id}/limits"));
            await StoresAsync(fleet, admin);
            await gateway.CrashAsync();
            _hunt.Look("output, with that of a crash", gateway.Output);
            Assert.Contains("trce:", gateway.Output, StringComparison.Ordinal);
        }

        await StoresAsync(fleet, admin);
        await FailedStartsAsync(file);
        Assert.All(receiver.Messages, message => _hunt.Look("OTLP", message));
        Assert.True(_tokens > 6, $"{_tokens} tokens");
        Assert.NotEmpty(receiver.Spans);
        Assert.True(store == "Embedded" || _hunt.Places.Contains("Redis canaries:{plum}:record"));
        Assert.Superset(
            new HashSet<string>(["/metrics", "/healthz", "/", "journal", "problem", "OTLP", "status --config", "doctor --config", .. store == "Embedded" ? ["tokens.db"] : Array.Empty<string>()]),
            _hunt.Places.ToHashSet());
        Assert.Empty(_hunt.Found);
    }

    [Fact]
    public async Task Hunt_finds_a_canary_that_is_there()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions());
        await File.WriteAllTextAsync(Path.Combine(fleet.Folder, "journal", "planted"), $"a {CanaryHunt.Canary("text")} b");
        await File.WriteAllBytesAsync(Path.Combine(fleet.Folder, "journal", "key"), [1, 2, .. EncryptionKey, 3]);
        await using var redis = await RedisServer.StartOwnAsync("--rdbcompression", "no");
        await using var admin = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",allowAdmin=true");
        await admin.GetDatabase().HashSetAsync("planted", "field", new string('x', 500) + CanaryHunt.Canary("redis"));

        await StoresAsync(fleet, admin);
        _hunt.Look("base64", Convert.ToBase64String(Encoding.UTF8.GetBytes($"12{CanaryHunt.Canary("b")}")));
        _hunt.Look("utf-16", Encoding.Unicode.GetBytes(CanaryHunt.Canary("u")));

        Assert.Equal(["Redis planted", "base64", "journal", "journal", "utf-16"], _hunt.Found.Order(StringComparer.Ordinal));
    }

    private static void QueueFaults(FaultPlan faults)
    {
        faults.Token.Enqueue(new Fault.Status(429, Body: $$"""{"refresh_token":"{{CanaryHunt.Canary("429")}}"}"""));
        faults.Token.Enqueue(new Fault.Status(
            400, Body: $$"""{"error":"temporarily_unavailable","error_description":"{{CanaryHunt.Canary("client")}} {{CanaryHunt.Canary("token-1")}}","error_uri":"https://{{CanaryHunt.Canary("uri")}}"}"""));
        faults.Token.Enqueue(new Fault.Html(AfterProcessing: true));
        faults.Validate.Enqueue(new Fault.Status(500, Body: CanaryHunt.Canary("500")));
        faults.Validate.Enqueue(new Fault.Status(400, Body: $$"""{"error":"invalid_request","error_description":"{{CanaryHunt.Canary("description")}}"}"""));
        faults.Validate.Enqueue(new Fault.MalformedJson());
    }

    private static string Configure(GatewayFleet fleet, string store, string redis)
    {
        var file = fleet.WriteConfiguration(plum =>
        {
            plum["Validation"] = new JsonObject { ["Interval"] = "00:00:00.2", ["CacheFor"] = "00:00:00.1" };
            plum["MinRefreshInterval"] = "00:00:01";
            plum["ExtraParameters"] = new JsonObject { ["audience"] = CanaryHunt.Canary("parameter") };
            plum["AccessToken"] = CanaryHunt.Canary("access");
        });
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        var gateway = root["TokenGateway"]!;
        gateway["Encryption"]!["Keys"] = new JsonArray(Convert.ToBase64String(EncryptionKey));
        gateway["Management"]!["ApiKey"] = CanaryHunt.Canary("management");
        gateway["Inbound"] = new JsonObject { ["ApiKeys"] = new JsonArray(CanaryHunt.Canary("inbound")) };
        gateway["Store"]!["Kind"] = store;
        gateway["Store"]!["Redis"] = $"{redis},user=tokengateway,password={CanaryHunt.Canary("redis")}";
        gateway["Store"]!["KeyPrefix"] = "canaries";
        File.WriteAllText(file, root.ToJsonString());
        return file;
    }

    private static Dictionary<string, string> Everything(OtlpReceiver receiver)
    {
        var environment = OtlpTests.Environment(receiver, "http/protobuf");
        foreach (var category in new[] { "Default", "Microsoft", "Microsoft.AspNetCore.Hosting.Diagnostics", "System", "Yarp" })
        {
            environment[$"Logging__LogLevel__{category}"] = "Trace";
        }

        environment["OTEL_METRIC_EXPORT_INTERVAL"] = "500";
        environment["OTEL_EXPORTER_OTLP_HEADERS"] = $"api-key={CanaryHunt.Canary("otlp")}";
        return environment;
    }

    private async Task LookAroundAsync(GatewayProcess gateway)
    {
        gateway.Client.DefaultRequestHeaders.Authorization = new("Bearer", gateway.ManagementKey!);
        foreach (var path in new[] { "/", "/metrics", "/healthz", "/livez", "/startupz", "/readyz?verbose", "/api/credentials", "/api/credentials/plum" })
        {
            using var answer = await gateway.Client.GetAsync(new Uri(gateway.Management, path));
            _hunt.Look(path, await answer.Content.ReadAsByteArrayAsync());
        }

        using var events = await gateway.Client.GetStreamAsync(new Uri(gateway.Management, "/api/events"));
        var seen = new byte[64 * 1024];
        _hunt.Look("events", seen.AsSpan(0, await events.ReadAtLeastAsync(seen, 100)));
        foreach (var (method, address, body) in new[]
        {
            (HttpMethod.Put, new Uri(gateway.Management, "/api/credentials/plum/refresh-token"), $$"""{"refreshToken":"{{CanaryHunt.Canary("reseed")}}"}"""),
            (HttpMethod.Put, new Uri(gateway.Management, "/api/credentials/plum/refresh-token"), CanaryHunt.Canary("no-json")),
            (HttpMethod.Post, new Uri(gateway.Management, "/api/credentials/plum/rotate"), CanaryHunt.Canary("body")),
            (HttpMethod.Post, new Uri(gateway.Management, "/api/credentials/plum/validate"), CanaryHunt.Canary("body")),
            (HttpMethod.Get, new Uri(gateway.Proxy, "/plum/things"), null),
            (HttpMethod.Get, new Uri(gateway.Proxy, "/nothing"), null),
        })
        {
            _hunt.Look("problem", await AskAsync(gateway, method, address, body, CanaryHunt.Canary("wrong-key")));
        }

        await AskAsync(gateway, HttpMethod.Post, new Uri(gateway.Proxy, "/plum/things"), CanaryHunt.Canary("body"), CanaryHunt.Canary("inbound"));
    }

    private static async Task<byte[]> AskAsync(GatewayProcess gateway, HttpMethod method, Uri address, string? body, string key)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", CanaryHunt.Canary("authorization"));
        request.Headers.TryAddWithoutValidation("Cookie", $"session={CanaryHunt.Canary("cookie")}");
        request.Headers.TryAddWithoutValidation("Proxy-Authorization", $"Basic {CanaryHunt.Canary("proxy")}");
        request.Headers.TryAddWithoutValidation("TokenGateway-Key", key);
        using var answer = await gateway.Client.SendAsync(request);
        Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
        return [.. Encoding.UTF8.GetBytes(answer.Headers.ToString()), .. await answer.Content.ReadAsByteArrayAsync()];
    }

    private async Task CommandsAsync(string file, GatewayFleet fleet, GatewayProcess gateway)
    {
        var seed = Path.Combine(fleet.Folder, "handed-over");
        await File.WriteAllTextAsync(seed, CanaryHunt.Canary("handed-over"));
        var running = Path.Combine(fleet.Folder, "running.json");
        var root = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        root["TokenGateway"]!["Management"]!["Url"] = gateway.Management.ToString();
        await File.WriteAllTextAsync(running, root.ToJsonString());
        foreach (var command in new string[][] { ["check"], ["doctor"], ["status"], ["status", "--json"], ["rotate", "plum"], ["validate", "plum"], ["reseed", "plum", "--refresh-token-file", seed] })
        {
            var (_, output) = await GatewayProcess.RunAsync([.. command, "--config", running]);
            _hunt.Look($"{command[0]} --config", output);
        }
    }

    /// <summary>Starts that fail, with a secret in what is wrong.</summary>
    private async Task FailedStartsAsync(string file)
    {
        foreach (var (path, value) in new[]
        {
            ("TokenGateway:Store:JournalPath", "/dev/null/journal"),
            ("TokenGateway:Encryption:Keys:0", CanaryHunt.Canary("key")),
            ("TokenGateway:Store:Redis", $"one,two={CanaryHunt.Canary("redis")},ssl=maybe"),
            ("TokenGateway:Credentials:plum:ClientSecretFile", "/nowhere"),
            ("TokenGateway:Credentials:plum:StandbyRefreshToken", CanaryHunt.Canary("standby") + "\u0001"),
            ("TokenGateway:Management:ApiKey", CanaryHunt.Canary("management") + "\n"),
        })
        {
            var root = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            var keys = path.Split(':');
            var parent = keys[..^1].Aggregate(root, (node, key) => node[key]!);
            if (parent is JsonArray array)
            {
                array[int.Parse(keys[^1], CultureInfo.InvariantCulture)] = value;
            }
            else
            {
                parent[keys[^1]] = value;
            }

            root["TokenGateway"]!["Store"]!["Kind"] = path.EndsWith(":Redis", StringComparison.Ordinal) ? "Redis" : "Embedded";
            var broken = Path.ChangeExtension(file, ".broken.json");
            await File.WriteAllTextAsync(broken, root.ToJsonString());
            _hunt.Look("check --config", (await GatewayProcess.RunAsync("check", "--config", broken)).Output);
            _hunt.Look("doctor --config", (await GatewayProcess.RunAsync("doctor", "--config", broken)).Output);
        }
    }

    private async Task StoresAsync(GatewayFleet fleet, ConnectionMultiplexer admin)
    {
        foreach (var path in Directory.GetFiles(fleet.Folder, "tokens.db*").Concat(Directory.GetFiles(Path.Combine(fleet.Folder, "journal"))))
        {
            // A journal file is locked against being opened, but not against being copied by another program.
            using var cat = Process.Start(new ProcessStartInfo("cat", [path]) { UseShellExecute = false, RedirectStandardOutput = true })!;
            using var content = new MemoryStream();
            await cat.StandardOutput.BaseStream.CopyToAsync(content);
            _hunt.Look(path.Contains("tokens.db", StringComparison.Ordinal) ? Path.GetFileName(path) : "journal", content.ToArray());
        }

        await foreach (var key in admin.GetServers().Single().KeysAsync())
        {
            _hunt.Look($"Redis {key}", [.. Encoding.UTF8.GetBytes(key.ToString()), .. (await admin.GetDatabase().KeyDumpAsync(key))!]);
        }
    }
}
