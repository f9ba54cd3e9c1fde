using System.Text.Json;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Management;

public sealed class HealthTests
{
    [Theory]
    [InlineData(true, null, 200, "Healthy")]
    [InlineData(true, "Rotation is failing.", 200, "Degraded")]
    [InlineData(false, "The refresh token is dead.", 503, "Unhealthy")]
    public async Task Health_has_the_shape_that_dashboards_read(bool usable, string? problem, int code, string status)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum", "pear");
        engine.Set(ScriptedTokens.Healthy("pear") with { Usable = usable, Problem = problem, State = CredentialState.InDoubt });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        using var response = await gateway.Management.GetAsync("healthz");
        using var health = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var pear = health.RootElement.GetProperty("entries").GetProperty("pear");

        Assert.Equal(code, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, health.RootElement.GetProperty("status").GetString());
        Assert.True(TimeSpan.TryParse(health.RootElement.GetProperty("totalDuration").GetString(), out _));
        Assert.Equal(status, pear.GetProperty("status").GetString());
        Assert.Equal(problem, pear.GetProperty("description").GetString());
        Assert.True(TimeSpan.TryParse(pear.GetProperty("duration").GetString(), out _));
        Assert.Equal("in_doubt", pear.GetProperty("data").GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Array, pear.GetProperty("tags").ValueKind);
        Assert.Equal("Healthy", health.RootElement.GetProperty("entries").GetProperty("plum").GetProperty("status").GetString());
    }
}
