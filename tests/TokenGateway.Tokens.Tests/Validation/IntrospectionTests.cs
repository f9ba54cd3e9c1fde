using System.Text;
using TokenGateway.Simulator;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Tests.Rotation;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Tests.Validation;

/// <summary>Token introspection (RFC 7662) as the kind of validation.</summary>
public sealed class IntrospectionTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [Theory]
    [InlineData(200, """{"active":true}""", ValidationVerdict.Valid, null)]
    [InlineData(200, """{"active":false}""", ValidationVerdict.Invalid, "inactive")]
    [InlineData(200, """{"active":"false"}""", ValidationVerdict.Unknown, "unreadable_answer")]
    [InlineData(200, """{"active":null}""", ValidationVerdict.Unknown, "unreadable_answer")]
    [InlineData(200, """{"active":false""", ValidationVerdict.Unknown, "unreadable_answer")]
    [InlineData(200, """{"error":"invalid_token"}""", ValidationVerdict.Unknown, "unreadable_answer")]
    [InlineData(200, "<html>", ValidationVerdict.Unknown, "unreadable_answer")]
    [InlineData(401, """{"error":"invalid_client"}""", ValidationVerdict.Unknown, "http_401")]
    [InlineData(401, """{"active":false,"error":"invalid_token"}""", ValidationVerdict.Unknown, "http_401")]
    [InlineData(403, "", ValidationVerdict.Unknown, "http_403")]
    [InlineData(429, "", ValidationVerdict.Unknown, "rate_limited")]
    [InlineData(503, """{"active":false}""", ValidationVerdict.Unknown, "http_503")]
    public void Only_active_speaks_of_the_token(int status, string body, ValidationVerdict verdict, string? reason) =>
        Assert.Equal(new TokenValidation(verdict, null, reason), Read(status, body));

    [Theory]
    [InlineData(60, 60)]
    [InlineData(-60, null)]
    public void Exp_tells_what_is_left(int ahead, int? left) =>
        Assert.Equal(TokenValidation.Valid(left is { } seconds ? TimeSpan.FromSeconds(seconds) : null), Read(200, $$"""{"active":true,"exp":{{Now.ToUnixTimeSeconds() + ahead}}}"""));

    [Theory]
    [InlineData("Basic")]
    [InlineData("Post")]
    public async Task Verdicts_come_from_the_endpoint_and_a_dead_token_is_rotated(string authentication)
    {
        await using var fleet = await StartAsync(new SimulatorOptions
        {
            AcceptedClientAuthentication = Enum.Parse<AcceptedClientAuthentication>(authentication),
            AccessTokenLifetime = TimeSpan.FromMinutes(10),
            TellsExpiresIn = false,
        });
        fleet.Credential = fleet.Credential with { ClientAuthentication = authentication == "Basic" ? ClientAuthentication.ClientSecretBasic : ClientAuthentication.ClientSecretPost };
        var replica = await fleet.AddLiveReplicaAsync();

        var alive = await ValidateAsync(replica);
        var corrected = replica.Status.AccessTokenExpiresAt - fleet.Time.GetUtcNow();
        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);
        var dead = await ValidateAsync(replica);
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal((ValidationVerdict.Valid, ValidationVerdict.Invalid), (alive.Verdict, dead.Verdict));
        Assert.InRange(corrected!.Value, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task A_client_that_is_refused_has_no_verdict_and_its_token_stays_in_use()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Options = fleet.Simulator.Options with { ClientSecret = "another" };

        var report = await ValidateAsync(replica);

        Assert.Equal((ValidationVerdict.Unknown, "http_401", true), (report.Verdict, report.Error, replica.Status.Usable));
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_read_is_not_left_out()
    {
        await using var fleet = await StartAsync();
        File.WriteAllText(fleet.SecretPath, fleet.Simulator.Options.ClientSecret);
        fleet.Credential = fleet.Credential with { ClientSecret = new SecretSource { File = fleet.SecretPath } };
        var replica = await fleet.AddLiveReplicaAsync();
        var calls = fleet.Simulator.Counters.ValidateCalls;

        File.Delete(fleet.SecretPath);
        var report = await ValidateAsync(replica);

        Assert.Equal((ValidationVerdict.Unknown, "client_secret_unavailable"), (report.Verdict, report.Error));
        Assert.Equal(calls, fleet.Simulator.Counters.ValidateCalls);
    }

    private static TokenValidation Read(int status, string body) => IntrospectionAnswer.Read(status, Encoding.UTF8.GetBytes(body), complete: true, Now);

    private static Task<ValidationReport> ValidateAsync(Replica replica) => replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);

    private static async Task<Fleet> StartAsync(SimulatorOptions? options = null)
    {
        var fleet = await Fleet.StartAsync(options);
        fleet.Credential = fleet.Credential with { ValidateKind = ValidateKind.Introspection, ValidateEndpoint = new Uri(fleet.Simulator.BaseUrl + "/introspect") };
        return fleet;
    }
}
