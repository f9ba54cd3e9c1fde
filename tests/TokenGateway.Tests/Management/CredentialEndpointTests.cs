using System.Net;
using System.Text.Json;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Management;

public sealed class CredentialEndpointTests
{
    [Fact]
    public async Task Credential_is_shown_in_full_and_without_its_token()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        engine.Set(ScriptedTokens.Healthy("plum") with
        {
            State = CredentialState.ReauthorizationRequired,
            RefreshTokenExpiresAt = ScriptedTokens.At,
            RefreshWindowStartsAt = ScriptedTokens.At,
            NextRotationAt = ScriptedTokens.At,
            LastRotation = new RotationReport(ScriptedTokens.At, "replica-1", RotationOutcome.Rejected, TimeSpan.FromMilliseconds(250), "invalid_grant", 8),
            LastValidation = new ValidationReport(ScriptedTokens.At, ValidationVerdict.Unknown, "timeout", "replica-1", 7),
            Validations = [new ValidationReport(ScriptedTokens.At, ValidationVerdict.Unknown, "timeout", "replica-1", 7), new ValidationReport(ScriptedTokens.At, ValidationVerdict.Valid, null, "replica-2", 6)],
            IssuedAt = ScriptedTokens.At,
            Action = "Do this.",
            Standby = new StandbyReport(ScriptedTokens.At),
        });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        var text = await gateway.Management.GetStringAsync("api/credentials/plum");

        const string Expected = """
            {
              "name": "plum", "grant": "refresh_token", "state": "reauthorization_required", "generation": 7, "usable": true, "issuedAt": "2030-01-02T03:04:05+00:00",
              "accessTokenExpiresAt": "2030-01-02T03:04:05+00:00", "refreshTokenExpiresAt": "2030-01-02T03:04:05+00:00",
              "refreshWindowStartsAt": "2030-01-02T03:04:05+00:00", "nextRotationAt": "2030-01-02T03:04:05+00:00",
              "lastRotation": { "at": "2030-01-02T03:04:05+00:00", "by": "replica-1", "outcome": "rejected", "durationMs": 250, "error": "invalid_grant", "generation": 8 },
              "lastValidation": { "at": "2030-01-02T03:04:05+00:00", "verdict": "unknown", "error": "timeout", "by": "replica-1", "generation": 7 },
              "validations": [
                { "at": "2030-01-02T03:04:05+00:00", "verdict": "unknown", "error": "timeout", "by": "replica-1", "generation": 7 },
                { "at": "2030-01-02T03:04:05+00:00", "verdict": "valid", "error": null, "by": "replica-2", "generation": 6 }
              ],
              "lease": { "owner": "replica-2", "expiresAt": "2030-01-02T03:04:05+00:00" },
              "fingerprint": "0a1b2c3d", "standby": { "since": "2030-01-02T03:04:05+00:00" }, "problem": null, "keptResponse": null, "action": "Do this.", "offersLogin": false,
              "history": [ { "at": "2030-01-02T03:04:05+00:00", "by": "replica-1", "outcome": "rotated", "durationMs": 120, "error": null, "generation": 7 } ]
            }
            """;
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(Expected).RootElement, JsonDocument.Parse(text).RootElement), text);
        Assert.DoesNotContain("access_token_of_plum", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public async Task Next_rotation_stands_still_although_the_plan_counts_from_now(long ticks)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        engine.Set(ScriptedTokens.Healthy("plum") with { NextRotationAt = ScriptedTokens.At.AddTicks(ticks) });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        using var status = JsonDocument.Parse(await gateway.Management.GetStringAsync("api/credentials/plum"));

        Assert.Equal(ScriptedTokens.At, status.RootElement.GetProperty("nextRotationAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task List_shows_every_credential_in_order()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum", "apple", "pear"));

        using var list = JsonDocument.Parse(await gateway.Management.GetStringAsync("api/credentials"));

        Assert.Equal(["apple", "pear", "plum"], list.RootElement.EnumerateArray().Select(credential => credential.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData(RotationOutcome.Rotated, 200, "rotated")]
    [InlineData(RotationOutcome.TakenOver, 200, "taken_over")]
    [InlineData(RotationOutcome.Forbidden, 409, "rotation_forbidden")]
    [InlineData(RotationOutcome.StoreUnavailable, 503, "store_unavailable")]
    [InlineData(RotationOutcome.NotSent, 503, "provider_unavailable")]
    [InlineData(RotationOutcome.InDoubt, 503, "rotation_in_doubt")]
    [InlineData(RotationOutcome.Refused, 502, "rotation_refused")]
    [InlineData(RotationOutcome.Rejected, 502, "reauthorization_required")]
    public async Task Forced_rotation_is_answered_by_its_outcome(RotationOutcome outcome, int status, string word)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum") { NextRotation = outcome });

        using var response = await gateway.Management.PostAsync("api/credentials/plum/rotate", null);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(word, answer.RootElement.GetProperty(status == 200 ? "outcome" : "code").GetString());
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("?force=true", true)]
    [InlineData("?force=false", false)]
    [InlineData("?force", false)]
    public async Task Only_a_clear_yes_forces(string query, bool force)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        using var response = await gateway.Management.PostAsync("api/credentials/plum/rotate" + query, null);

        Assert.Equal(force, engine.WasForced);
    }

    [Theory]
    [InlineData(ReseedOutcome.Accepted, 200, "accepted")]
    [InlineData(ReseedOutcome.SeedSpent, 409, "seed_spent")]
    [InlineData(ReseedOutcome.RotationInProgress, 409, "rotation_in_progress")]
    [InlineData(ReseedOutcome.SeedRefused, 422, "seed_refused")]
    [InlineData(ReseedOutcome.StoreUnavailable, 503, "store_unavailable")]
    [InlineData(ReseedOutcome.ProviderUnavailable, 503, "provider_unavailable")]
    [InlineData(ReseedOutcome.InDoubt, 503, "rotation_in_doubt")]
    public async Task Reseed_is_answered_by_its_outcome(ReseedOutcome outcome, int status, string word)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum") { NextReseed = new ReseedReport(outcome, null) };
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        using var response = await gateway.Management.PutAsync("api/credentials/plum/refresh-token", Json("""{"refreshToken": "refresh_token_1\n"}"""));
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(word, answer.RootElement.GetProperty(status == 200 ? "outcome" : "code").GetString());
        Assert.Equal("refresh_token_1", engine.HandedOver!.Reveal());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"refreshToken": null}""")]
    [InlineData("""{"refreshToken": "  "}""")]
    [InlineData("""{"refreshToken": 1}""")]
    [InlineData("refresh_token_1")]
    public async Task Reseed_without_a_refresh_token_is_400_and_repeats_nothing(string body)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        using var response = await gateway.Management.PutAsync("api/credentials/plum/refresh-token", Json(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.DoesNotContain("refresh_token_1", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null(engine.HandedOver);
    }

    [Fact]
    public async Task Validation_is_answered_by_its_verdict()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum") { NextVerdict = ValidationVerdict.Invalid });

        using var response = await gateway.Management.PostAsync("api/credentials/plum/validate", null);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal("invalid", answer.RootElement.GetProperty("verdict").GetString());
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    [Fact]
    public async Task Unknown_credential_is_404()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));

        using var shown = await gateway.Management.GetAsync("api/credentials/plun");
        using var rotated = await gateway.Management.PostAsync("api/credentials/plun/rotate", null);

        Assert.Equal(HttpStatusCode.NotFound, shown.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, rotated.StatusCode);
    }
}
