using System.Text.Json.Nodes;
using StackExchange.Redis;
using TokenGateway.Commands;
using TokenGateway.Simulator;
using TokenGateway.Testing;

namespace TokenGateway.Tests.Commands;

/// <summary>What <c>doctor</c> says of real surroundings. It never spends a seed.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Good_surroundings_are_0_and_nothing_is_spent()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());

        var (code, output) = await ExamineAsync(simulator, simulator.IssueSeed().RefreshToken);

        Assert.Equal(0, code);
        foreach (var subject in new[] { "configuration", "journal", "encryption", "store", "plum: token endpoint", "plum: token endpoint: clock", "plum: validate endpoint", "plum: seed" })
        {
            Assert.Contains($"ok      {subject}: ", output, StringComparison.Ordinal);
        }

        Assert.Equal((0, 0L), (simulator.Counters.TokenCalls, simulator.Counters.Provider.Refused));
        Assert.Equal(["gateway.json", "refresh-token"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!);
    }

    [Theory]
    [InlineData(404, "application/json", 2, "FAILURE plum: token endpoint: ")]
    [InlineData(410, "application/json", 2, "FAILURE plum: token endpoint: ")]
    [InlineData(200, "text/html", 1, "warning plum: token endpoint: ")]
    [InlineData(405, "application/json", 0, "ok      plum: token endpoint: ")]
    public async Task What_is_no_token_endpoint_is_not_called_ok(int status, string type, int expected, string words)
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        await using var elsewhere = await Gateway.Upstream.StartAsync();
        elsewhere.Respond = context =>
        {
            (context.Response.StatusCode, context.Response.ContentType) = (status, type);
            return Task.CompletedTask;
        };

        var (code, output) = await ExamineAsync(
            simulator, simulator.IssueSeed().RefreshToken, credential: plum => plum["TokenEndpoint"] = elsewhere.Url + "/nowhere?key=secret_1");

        Assert.Equal(expected, code);
        Assert.Contains(words, output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret_1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_that_is_only_there_for_POST_is_found()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        await using var elsewhere = await Gateway.Upstream.StartAsync();
        elsewhere.Respond = context =>
        {
            context.Response.StatusCode = context.Request.Method == "POST" ? 400 : 404;
            return Task.CompletedTask;
        };

        var (code, output) = await ExamineAsync(simulator, simulator.IssueSeed().RefreshToken, credential: plum => plum["TokenEndpoint"] = elsewhere.Url + "/token");

        Assert.True(code == 0, output);
    }

    [Theory]
    [InlineData(true, 0, "ok      plum: client: the provider accepts")]
    [InlineData(false, 2, "FAILURE plum: client: the provider does not accept it (invalid_client)")]
    public async Task Client_can_be_proved_without_spending_anything(bool secretIsRight, int expected, string words)
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        var seed = simulator.IssueSeed();

        var (code, output) = await ExamineAsync(
            simulator, seed.RefreshToken, credential: plum => plum["ClientSecret"] = secretIsRight ? simulator.Options.ClientSecret : "wrong", options: "--probe-client");

        Assert.True(code == expected, output);
        Assert.Contains(words, output, StringComparison.Ordinal);
        Assert.Equal(0, simulator.Counters.Rotations);
    }

    [Fact]
    public async Task Redis_is_told_by_its_durability()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());

        var (_, output) = await ExamineAsync(simulator, simulator.IssueSeed().RefreshToken, new JsonObject { ["Kind"] = "Redis", ["Redis"] = redis.ConnectionString });

        foreach (var word in new[] { "version ", "appendonly yes", "appendfsync ", "maxmemory-policy noeviction", "0 replicas online", "store: can be read and written" })
        {
            Assert.Contains(word, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Redis_user_of_the_documentation_is_enough()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        await using (var admin = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString))
        {
            await admin.GetDatabase().ExecuteAsync("ACL", ["SETUSER", "doctor", .. RedisUser.Rules("doctor-", "password_1")]);
        }

        var (code, output) = await ExamineAsync(
            simulator, simulator.IssueSeed().RefreshToken, new JsonObject { ["Kind"] = "Redis", ["Redis"] = redis.ConnectionString + ",user=doctor,password=password_1" });

        Assert.True(code == 0, output);
        Assert.Contains("appendfsync always", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_reached_is_2_and_named_with_the_setting()
    {
        var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        var seed = simulator.IssueSeed().RefreshToken;
        await simulator.StopListeningAsync();

        var (code, output) = await ExamineAsync(simulator, seed, new JsonObject { ["Kind"] = "Redis", ["Redis"] = "127.0.0.1:1" });
        await simulator.DisposeAsync();

        Assert.Equal(2, code);
        Assert.Contains("FAILURE redis: ", output, StringComparison.Ordinal);
        Assert.Contains("FAILURE store: cannot be used (TokenGateway:Store)", output, StringComparison.Ordinal);
        Assert.Contains("FAILURE plum: token endpoint: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_that_cannot_begin_is_2()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());

        var (code, output) = await ExamineAsync(simulator, seed: "");

        Assert.Equal(2, code);
        Assert.Contains("FAILURE plum: seed: ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(180, "180 s ahead of ours")]
    [InlineData(-180, "180 s behind ours")]
    public async Task A_provider_whose_clock_is_off_is_a_warning_and_1(int ahead, string words)
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        await using var provider = await SkewedProvider.StartAsync(TimeSpan.FromSeconds(ahead));

        var (code, output) = await ExamineAsync(simulator, simulator.IssueSeed().RefreshToken, oauthUrl: provider.Url);

        Assert.Equal(1, code);
        // The Date header has whole seconds.
        Assert.Contains($"warning plum: token endpoint: clock: is {words}", output.Replace("179 s", "180 s", StringComparison.Ordinal).Replace("181 s", "180 s", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_credentials_and_introspection_are_looked_at_too()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());

        var (code, output) = await ExamineAsync(simulator, "", credential: plum =>
        {
            plum["GrantType"] = "client_credentials";
            plum["ClientSecret"] = simulator.Options.ClientSecret;
            plum["ValidateKind"] = "introspection";
            plum["IntrospectionEndpoint"] = simulator.BaseUrl + "/introspect";
            plum.Remove("RefreshTokenFile");
        });

        Assert.Equal(0, code);
        Assert.Contains($"ok      plum: introspection endpoint: {simulator.BaseUrl}/introspect answers", output, StringComparison.Ordinal);
        Assert.Contains("ok      plum: seed: none is needed: client_credentials", output, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output)> ExamineAsync(
        SimulatorHost simulator, string seed, JsonObject? store = null, string? oauthUrl = null, Action<JsonObject>? credential = null, params string[] options)
    {
        var settings = store ?? [];
        settings["Path"] = Path.Combine(_folder, "tokens.db");
        settings["JournalPath"] = Path.Combine(_folder, "journal");
        settings["KeyPrefix"] = $"doctor-{Path.GetRandomFileName()}";
        settings["OperationTimeout"] = "00:00:01";
        var seedFile = Path.Combine(_folder, "refresh-token");
        await File.WriteAllTextAsync(seedFile, seed);
        var plum = new JsonObject
        {
            ["Preset"] = "xoxoday",
            ["OAuthUrl"] = oauthUrl ?? simulator.BaseUrl,
            ["ClientId"] = simulator.Options.ClientId,
            ["RefreshTokenFile"] = seedFile,
        };
        credential?.Invoke(plum);
        var gateway = new JsonObject
        {
            ["Store"] = settings,
            ["Encryption"] = new JsonObject { ["Keys"] = new JsonArray(Convert.ToBase64String(new byte[32])) },
            ["Credentials"] = new JsonObject { ["plum"] = plum },
        };
        var file = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(file, new JsonObject { ["TokenGateway"] = gateway }.ToJsonString());
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await GatewayCommandLine.InvokeAsync(["doctor", .. options, "--config", file], new CommandOutput(output, error));
        Assert.Equal("", error.ToString());
        Assert.DoesNotContain(seed.Length == 0 ? "no seed" : seed, output.ToString(), StringComparison.Ordinal);
        return (code, output.ToString());
    }
}
