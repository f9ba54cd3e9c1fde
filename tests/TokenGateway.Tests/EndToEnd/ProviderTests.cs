using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using TokenGateway.Simulator;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>A gateway that was told no more of its provider than its preset's name, against a provider that behaves so.</summary>
public sealed class ProviderTests
{
    /// <summary>One of each kind: form and Basic, JSON, introspection, an access token that dies with the rotation, early requests refused.</summary>
    public static TheoryData<string> Providers => ["generic", "atlassian", "okta", "gitlab", "exact"];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Tokens_of_two_seconds_are_attached_and_rotated_and_no_request_fails(string name)
    {
        var life = TimeSpan.FromSeconds(2);
        await using var fleet = await GatewayFleet.StartAsync(
            ProviderVariants.Find(name) with { AccessTokenLifetime = life, MinRotationInterval = TimeSpan.Zero }, credential: plum => Name(plum, name, life));

        while (fleet.Simulator.Counters.Rotations < 4)
        {
            using var answer = await fleet.First.GetAsync();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var provider = fleet.Simulator.Counters.Provider;
        Assert.Equal((1, 0L), (provider.MostPresentationsOfOneRefreshToken, provider.Refused));
        Assert.Equal(0, fleet.Simulator.Counters.Naked);
    }

    [Fact]
    public async Task A_preset_of_ones_own_is_mended_while_the_gateway_runs()
    {
        await using var fleet = await GatewayFleet.CreateAsync(ProviderVariants.Find("atlassian"));
        var file = fleet.WriteConfiguration(plum => plum["Preset"] = "acme");
        Define(file, "form");
        await using var gateway = await GatewayProcess.StartAsync(file);
        await gateway.UntilAsync(status => status.GetProperty("lastRotation") is { ValueKind: JsonValueKind.Object } last && last.GetProperty("outcome").GetString() == "refused");

        Define(file, "json");
        await gateway.UntilActiveAsync();
        using var answer = await gateway.GetAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("TokenGateway:Presets:acme:RequestFormat", gateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_credentials_need_no_seed_and_tell_so()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2) }, replicas: 2, credential: plum =>
        {
            plum["GrantType"] = "client_credentials";
            plum["ValidateKind"] = "introspection";
            plum["IntrospectionEndpoint"] = plum["OAuthUrl"]!.GetValue<string>() + "/introspect";
            plum.Remove("RefreshTokenFile");
        });

        while (fleet.Simulator.Counters.Rotations < 4)
        {
            using var answer = await fleet.Gateways[(int)fleet.Simulator.Counters.UpstreamRequests % 2].GetAsync();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using var reseed = await fleet.First.Client.PutAsync(
            new Uri(fleet.First.Management, "/api/credentials/plum/refresh-token"), new StringContent("""{"refreshToken":"seed-0"}""", null, "application/json"));
        var status = await fleet.First.CredentialAsync();
        Assert.Equal(HttpStatusCode.Conflict, reseed.StatusCode);
        Assert.Contains("\"code\":\"no_refresh_token\"", await reseed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("client_credentials", status.GetProperty("grant").GetString());
        Assert.Equal("valid", status.GetProperty("lastValidation").GetProperty("verdict").GetString());
        Assert.Equal(fleet.Simulator.Counters.Rotations, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal(0, fleet.Simulator.Counters.Naked);
    }

    private static void Name(JsonObject plum, string name, TimeSpan life)
    {
        plum["Preset"] = name;
        if (name == "generic")
        {
            plum["TokenEndpoint"] = plum["OAuthUrl"]!.GetValue<string>() + "/token";
            plum.Remove("OAuthUrl");
        }
        else if (name == "okta")
        {
            plum["OAuthUrl"] = plum["OAuthUrl"]!.GetValue<string>() + "/oauth2/default";
        }
        else if (name == "gitlab")
        {
            plum["DefaultExpiresIn"] = life.ToString("c"); // It does not say so itself.
        }
    }

    private static void Define(string file, string format)
    {
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        root["TokenGateway"]!["Presets"] = new JsonObject
        {
            ["acme"] = new JsonObject { ["TokenEndpoint"] = "{OAuthUrl}/oauth/token", ["TokenEndpointAuthMethod"] = "client_secret_post", ["RequestFormat"] = format },
        };
        File.WriteAllText(file + ".next", root.ToJsonString());
        File.Move(file + ".next", file, overwrite: true);
    }
}
