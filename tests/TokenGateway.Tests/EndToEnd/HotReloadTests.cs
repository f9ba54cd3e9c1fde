using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using TokenGateway.Simulator;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>The configuration file changes while requests flow and tokens rotate, and nothing is lost.</summary>
public sealed class HotReloadTests
{
    private static readonly SimulatorOptions ShortLived = new() { AccessTokenLifetime = TimeSpan.FromSeconds(2) };

    [Fact]
    public async Task Routes_timings_secrets_and_credentials_change_under_traffic_and_no_request_fails()
    {
        await using var fleet = await GatewayFleet.CreateAsync(ShortLived);
        var (gateway, file) = await StartAsync(fleet);
        await using var started = gateway;
        await using var traffic = new SteadyTraffic(gateway);

        for (var round = 1; round <= 3; round++)
        {
            await ChangeAsync(gateway, file, root =>
            {
                root["TokenGateway"]!["Credentials"]!["plum"]!["RefreshBefore"] = $"00:00:00.{round + 4}";
                root["TokenGateway"]!["Credentials"]!["plum"]!["RequestWait"] = $"00:00:1{round}";
                root["ReverseProxy"]!["Routes"]![$"extra{round}"] = Route($"/extra{round}/{{**rest}}", $"/extra{round}", "plum");
            });
            using var answer = await gateway.GetAsync($"/extra{round}/things");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var rotations = fleet.Simulator.Counters.TokenCalls;
        await gateway.UntilAsync(_ => fleet.Simulator.Counters.TokenCalls > rotations + 1);
        var failures = await traffic.StopAsync();

        Assert.Empty(failures);
        Assert.True(traffic.Requests > 100);
        Assert.Equal((1, 0L), (fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken, fleet.Simulator.Counters.Provider.Refused));
    }

    [Fact]
    public async Task A_new_credential_and_its_route_come_together_and_go_together()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var (gateway, file) = await StartAsync(fleet);
        await using var started = gateway;
        await using var traffic = new SteadyTraffic(gateway);

        await ChangeAsync(gateway, file, root =>
        {
            var peach = root["TokenGateway"]!["Credentials"]!["plum"]!.DeepClone();
            peach.AsObject().Remove("RefreshTokenFile");
            peach["RefreshToken"] = fleet.Simulator.IssueSeed().RefreshToken;
            root["TokenGateway"]!["Credentials"]!["peach"] = peach;
            root["ReverseProxy"]!["Routes"]!["peach"] = Route("/peach/{**rest}", "/peach", "peach");
        });
        using var added = await gateway.GetAsync("/peach/things");
        await ChangeAsync(gateway, file, root =>
        {
            root["TokenGateway"]!["Credentials"]!.AsObject().Remove("peach");
            root["ReverseProxy"]!["Routes"]!.AsObject().Remove("peach");
        });
        using var removed = await gateway.GetAsync("/peach/things");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (added.StatusCode, removed.StatusCode));
        Assert.Empty(await traffic.StopAsync());
    }

    [Fact]
    public async Task A_bad_change_changes_nothing_and_shows_in_health_and_log_until_it_is_mended()
    {
        await using var fleet = await GatewayFleet.CreateAsync(ShortLived);
        var (gateway, file) = await StartAsync(fleet);
        await using var started = gateway;
        await using var traffic = new SteadyTraffic(gateway);

        Edit(file, root =>
        {
            root["TokenGateway"]!["Credentials"]!["plum"]!["LeaseDuration"] = "00:00:01";
            root["ReverseProxy"]!["Routes"]!["extra"] = Route("/extra/{**rest}", "/extra", "plum");
        });
        var problem = await UntilReloadAsync(gateway, entry => entry.GetProperty("status").GetString() == "Degraded");
        using var refused = await gateway.GetAsync("/extra/things");
        await ChangeAsync(gateway, file, root => root["TokenGateway"]!["Credentials"]!["plum"]!.AsObject().Remove("LeaseDuration"));
        await UntilReloadAsync(gateway, entry => entry.GetProperty("status").GetString() == "Healthy");
        using var mended = await gateway.GetAsync("/extra/things");

        const string Path = "TokenGateway:Credentials:plum:LeaseDuration";
        Assert.Contains(Path, problem.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Contains($"refused and the one before it stays in force: {Path}", gateway.Output, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (refused.StatusCode, mended.StatusCode));
        Assert.Empty(await traffic.StopAsync());
    }

    [Fact]
    public async Task A_configuration_file_that_goes_changes_nothing_and_shows_in_health_and_log_until_it_is_back()
    {
        await using var fleet = await GatewayFleet.CreateAsync(ShortLived);
        var (gateway, file) = await StartAsync(fleet);
        await using var started = gateway;
        await using var traffic = new SteadyTraffic(gateway);

        File.Move(file, file + ".away");
        var problem = await UntilReloadAsync(gateway, entry => entry.GetProperty("status").GetString() == "Degraded");
        File.Move(file + ".away", file);
        await UntilReloadAsync(gateway, entry => entry.GetProperty("status").GetString() == "Healthy");

        Assert.Contains($"{file} is gone; put it back", problem.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Contains($"what it said before stays in force: {file} is gone; put it back", gateway.Output, StringComparison.Ordinal);
        Assert.Empty(await traffic.StopAsync());
        Assert.DoesNotContain("changed configuration is in force", gateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_needs_a_restart_is_told_and_taking_it_back_is_not()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var (gateway, file) = await StartAsync(fleet);
        await using var started = gateway;

        await ChangeAsync(gateway, file, root => root["TokenGateway"]!["DrainTimeout"] = "00:00:07");
        var changed = await UntilReloadAsync(gateway, entry => entry.GetProperty("description").ValueKind == JsonValueKind.String);
        await ChangeAsync(gateway, file, root => root["TokenGateway"]!["DrainTimeout"] = "00:00:05");
        await UntilReloadAsync(gateway, entry => entry.GetProperty("description").ValueKind == JsonValueKind.Null);

        Assert.Equal("Changed, and in force from the next start on: TokenGateway:DrainTimeout", changed.GetProperty("description").GetString());
        Assert.Equal(1, gateway.Output.Split("[5106]").Length - 1);
    }

    [Fact]
    public async Task A_new_encryption_key_is_in_use_from_the_next_rotation_on()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var (gateway, file) = await StartAsync(fleet, plum => plum["MinRefreshInterval"] = "00:00:00");
        await using var started = gateway;
        var (old, key) = (Convert.ToBase64String(new byte[32]), Convert.ToBase64String([.. Enumerable.Repeat((byte)7, 32)]));

        await ChangeAsync(gateway, file, root => root["TokenGateway"]!["Encryption"]!["Keys"] = new JsonArray(key, old));
        using var rotated = await gateway.Client.PostAsync(new Uri(gateway.Management, "/api/credentials/plum/rotate"), null);
        var before = await gateway.CredentialAsync();
        Assert.Equal(0, await gateway.TerminateAsync());
        Edit(file, root => root["TokenGateway"]!["Encryption"]!["Keys"] = new JsonArray(key));
        await using var again = await GatewayProcess.StartAsync(file);
        await again.UntilActiveAsync();

        Assert.True(rotated.IsSuccessStatusCode);
        Assert.Equal(before.GetProperty("fingerprint").GetString(), (await again.CredentialAsync()).GetProperty("fingerprint").GetString());
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task Another_management_key_takes_the_place_of_the_first()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var (gateway, file) = await StartAsync(fleet, root: root => root["TokenGateway"]!["Management"]!["ApiKey"] = "key_1");
        await using var started = gateway;
        Assert.Equal((200, 401), (await AskAsync(gateway, "key_1"), await AskAsync(gateway, "key_2")));

        await ChangeAsync(gateway, file, root => root["TokenGateway"]!["Management"]!["ApiKey"] = "key_2");

        Assert.Equal((401, 200), (await AskAsync(gateway, "key_1"), await AskAsync(gateway, "key_2")));
        Assert.DoesNotContain("key_2", gateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_key_file_says_takes_the_place_of_what_it_said_before_under_traffic()
    {
        await using var fleet = await GatewayFleet.CreateAsync(ShortLived);
        var keyFile = Path.Combine(fleet.Folder, "management-key");
        await File.WriteAllTextAsync(keyFile, "key_1\n");
        var (gateway, _) = await StartAsync(fleet, root: root => root["TokenGateway"]!["Management"]!["ApiKeyFile"] = keyFile);
        await using var started = gateway;
        await using var traffic = new SteadyTraffic(gateway);
        Assert.Equal((200, 401), (await AskAsync(gateway, "key_1"), await AskAsync(gateway, "key_2")));

        await File.WriteAllTextAsync(keyFile + ".next", "key_2\n");
        File.Move(keyFile + ".next", keyFile, overwrite: true);
        await gateway.UntilAsync(_ => AskAsync(gateway, "key_2").GetAwaiter().GetResult() == 200);

        Assert.Equal(401, await AskAsync(gateway, "key_1"));
        Assert.Empty(await traffic.StopAsync());
    }

    [Fact]
    public async Task A_client_secret_that_the_provider_has_changed_comes_in_by_its_file_under_traffic()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var secretFile = Path.Combine(fleet.Folder, "client-secret");
        await File.WriteAllTextAsync(secretFile, fleet.Simulator.Options.ClientSecret + "\n");
        var (gateway, _) = await StartAsync(fleet, plum =>
        {
            plum.Remove("ClientSecret");
            plum["ClientSecretFile"] = secretFile;
            plum["MinRefreshInterval"] = "00:00:00";
        });
        await using var started = gateway;
        await using var traffic = new SteadyTraffic(gateway);
        var rotate = new Uri(gateway.Management, "/api/credentials/plum/rotate");

        fleet.Simulator.Options = fleet.Simulator.Options with { ClientSecret = "another" };
        using var refused = await gateway.Client.PostAsync(rotate, null);
        await File.WriteAllTextAsync(secretFile, "another\n");
        using var rotated = await gateway.Client.PostAsync(rotate, null);

        Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);
        Assert.Contains("check ClientId and ClientSecret", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, rotated.StatusCode);
        Assert.Empty(await traffic.StopAsync());
    }

    private static async Task<(GatewayProcess Gateway, string File)> StartAsync(GatewayFleet fleet, Action<JsonObject>? credential = null, Action<JsonNode>? root = null)
    {
        var file = fleet.WriteConfiguration(credential);
        if (root is not null)
        {
            Edit(file, root);
        }

        var gateway = await GatewayProcess.StartAsync(file);
        await gateway.UntilActiveAsync();
        return (gateway, file);
    }

    private static JsonObject Route(string path, string prefix, string credential) => new()
    {
        ["ClusterId"] = "plum",
        ["Match"] = new JsonObject { ["Path"] = path },
        ["Transforms"] = new JsonArray(
            new JsonObject { ["PathRemovePrefix"] = prefix }, new JsonObject { ["PathPrefix"] = "/api" }, new JsonObject { ["BearerToken"] = credential }),
    };

    /// <summary>Changes the file and waits until the gateway says that the change is in force.</summary>
    private static async Task ChangeAsync(GatewayProcess gateway, string file, Action<JsonNode> change)
    {
        var before = InForce(gateway);
        Edit(file, change);
        await gateway.UntilAsync(_ => InForce(gateway) > before);
    }

    private static int InForce(GatewayProcess gateway) => gateway.Output.Split("The changed configuration is in force").Length;

    private static void Edit(string file, Action<JsonNode> change)
    {
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        change(root);
        var next = file + ".next";
        File.WriteAllText(next, root.ToJsonString());
        File.Move(next, file, overwrite: true);
    }

    private static async Task<JsonElement> UntilReloadAsync(GatewayProcess gateway, Func<JsonElement, bool> holds)
    {
        JsonElement entry = default;
        await gateway.UntilAsync(_ =>
        {
            using var answer = gateway.Client.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Management, "/healthz")));
            using var health = JsonDocument.Parse(answer.Content.ReadAsStream());
            entry = health.RootElement.GetProperty("entries").GetProperty("configuration:reload").Clone();
            return holds(entry);
        });
        return entry;
    }

    private static async Task<int> AskAsync(GatewayProcess gateway, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Management, "/api/credentials"));
        request.Headers.Host = "gateway.example"; // As from elsewhere: then the key is needed.
        request.Headers.Authorization = new("Bearer", key);
        using var answer = await gateway.Client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
