using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>A record that cannot be read, or belongs to another endpoint or client, is reported and otherwise left alone.</summary>
public sealed class RecordProtectionTests
{
    [Fact]
    public async Task Under_a_wrong_key_the_record_is_reported_and_neither_rotated_nor_reseeded()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var keys = fleet.EncryptionKeys;
        var id = replica.View.Record!.Id;
        var wrong = new byte[32];
        wrong[0] = 1;
        fleet.EncryptionKeys = [new SecretSource { Value = new Secret(Convert.ToBase64String(wrong)) }];
        fleet.Credential = fleet.Credential with { RefreshToken = new SecretSource { Value = new Secret(fleet.Simulator.IssueSeed().RefreshToken) } };

        await replica.RestartAsync();
        await replica.UntilAsync(status => status.Problem is not null);
        await replica.PollsAsync(5);
        Assert.Contains("TokenGateway:Encryption:Keys", replica.Status.Problem, StringComparison.Ordinal);
        Assert.Equal(StoreObstacle.Unreadable, replica.Status.Obstacle);
        Assert.StartsWith("Bring the encryption key back", replica.Status.Action, StringComparison.Ordinal);
        Assert.Equal(TokenFailureCode.TokenUnavailable, (await replica.GetTokenAsync()).Failure!.Code);
        await replica.Manager.StopAsync(CancellationToken.None);
        fleet.EncryptionKeys = keys;

        Assert.Equal(id, (await fleet.ReadRecordAsync())!.Id);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_change_of_client_or_endpoint_no_token_is_sent_there(bool clientChanges)
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Credential = (clientChanges
            ? fleet.Credential with { ClientId = "another-client" }
            : fleet.Credential with { TokenEndpoint = new Uri(fleet.Simulator.BaseUrl + "/v1/oauth/token/company") }) with
        {
            ValidateEndpoint = new Uri(fleet.Simulator.BaseUrl + "/v1/oauth/token"),
            Validation = new ValidationSettings { Interval = TimeSpan.FromMilliseconds(50) },
        };

        await replica.RestartAsync();
        await replica.UntilAsync(status => status.Usable);
        var report = await replica.RotateAsync();
        await replica.PollsAsync(3);

        Assert.Equal(RotationOutcome.Forbidden, report.Outcome);
        Assert.Contains("Configure a new seed", replica.Status.Problem, StringComparison.Ordinal);
        Assert.Equal((1, 0), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.ValidateCalls));
    }
}
