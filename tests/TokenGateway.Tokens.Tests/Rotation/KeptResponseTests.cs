using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Tests.Endpoint;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>A response that arrived and could not be understood stays, encrypted, until its doubt ends, and is read again when that may help.</summary>
public sealed class KeptResponseTests
{
    private const string Body = """{"error":"gone_for_good","data":{"hint":"secret_hint"}}""";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_read_again_after_a_change_of_settings_and_after_a_restart(bool restarts)
    {
        await using var server = new RawServer(TestProvider.Http(400, Body));
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { TokenEndpoint = server.Uri, Patience = TimeSpan.FromDays(1) };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status is { State: CredentialState.InDoubt, KeptResponse: not null });
        await replica.PollsAsync(2);
        var status = replica.Status;

        fleet.Credential = fleet.Credential with { InvalidGrantErrors = new HashSet<string>(StringComparer.Ordinal) { "gone_for_good" } };
        await TakeUpAsync(fleet, replica, restarts);

        await replica.UntilAsync(later => later.State == CredentialState.ReauthorizationRequired);
        Assert.Single(server.Connections, connection => connection.Body.Length > 0); // Connecting may be tried again.
        Assert.Equal($"400 (application/json, {Body.Length} bytes), with error: string, data: object, data.hint: string", status.KeptResponse);
        Assert.Contains("is kept, encrypted, in the journal", status.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret_hint", $"{status} {string.Join(' ', fleet.Logged.Messages)}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pair_under_names_of_the_providers_own_is_taken_over_once_they_are_set(bool restarts)
    {
        await using var server = new RawServer(TestProvider.Http(200, """{"tok":"access_9","renew":"refresh_9","ttl":3600}"""));
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { TokenEndpoint = server.Uri, Patience = TimeSpan.FromDays(1) };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status is { State: CredentialState.InDoubt, KeptResponse: not null });

        fleet.Credential = fleet.Credential with { ResponseFields = new ResponseFields { AccessToken = "tok", RefreshToken = "renew", ExpiresIn = "ttl" } };
        await TakeUpAsync(fleet, replica, restarts);

        await replica.UntilAsync(status => status is { Usable: true, Generation: 1, KeptResponse: null, Problem: null });
        Assert.Equal("access_9", (await replica.GetTokenAsync()).Token!.Reveal());
        Assert.Equal("refresh_9", replica.View.Record!.RefreshToken.Reveal());
        Assert.Single(server.Connections, connection => connection.Body.Length > 0);
    }

    [Fact]
    public async Task It_survives_a_restart_that_does_not_understand_it_either()
    {
        await using var server = new RawServer(TestProvider.Http(400, Body));
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { TokenEndpoint = server.Uri, Patience = TimeSpan.FromDays(1) };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.State == CredentialState.InDoubt);

        for (var restart = 0; restart < 2; restart++)
        {
            await replica.RestartAsync();
            await replica.PollsAsync(2);
        }

        Assert.NotNull(replica.Status.KeptResponse);
        Assert.Single(server.Connections, connection => connection.Body.Length > 0); // Connecting may be tried again.
    }

    [Fact]
    public async Task It_goes_once_another_token_is_in_use()
    {
        await using var server = new RawServer(TestProvider.Http(400, Body));
        await using var fleet = await Fleet.StartAsync();
        var right = fleet.Credential;
        fleet.Credential = right with { TokenEndpoint = server.Uri, Patience = TimeSpan.FromDays(1) };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.KeptResponse is not null);

        await replica.Manager.ApplyAsync([right], new HashSet<string>(StringComparer.Ordinal) { Fleet.Name });
        await replica.UntilAsync(status => status is { Usable: true, Generation: 1, KeptResponse: null, Problem: null });
    }

    [Theory]
    [InlineData("{\"a\":{\"b\":[1,{\"c\":null}],\"d\":true},\"e\":1}", "a: object|a.b: array|a.b.c: null|a.d: boolean|e: number")]
    [InlineData("token=x&expires=3", "token: text|expires: text")]
    [InlineData("{\"0123456789012345678901234567890123456789012\":\"x\",\"a b\":\"y\"}", "(43 characters): string|a_b: string")]
    [InlineData("<html>", "")]
    [InlineData("", "")]
    public void The_shape_names_fields_and_types_and_no_value(string body, string fields) =>
        Assert.Equal(fields, string.Join('|', ResponseShape.Of(TestProvider.Raw(200, body)).Fields));

    /// <summary>Puts the changed settings into use, without or with a restart.</summary>
    private static async Task TakeUpAsync(Fleet fleet, Replica replica, bool restarts)
    {
        if (restarts)
        {
            await replica.RestartAsync();
        }
        else
        {
            await replica.Manager.ApplyAsync([fleet.Credential], new HashSet<string>(StringComparer.Ordinal) { Fleet.Name });
        }
    }
}
