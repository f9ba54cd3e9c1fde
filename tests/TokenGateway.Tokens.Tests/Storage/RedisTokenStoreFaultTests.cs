using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Storage;

public sealed class RedisTokenStoreFaultTests : TokenStoreFaultConformance
{
    private RedisTopology _redis = null!;

    private RedisNode Server => _redis.Nodes[0];

    public override async Task InitializeAsync()
    {
        _redis = await RedisTopology.PrimaryWithReplicasAsync(0);
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private protected override Task<StoreInstance> OpenInstanceAsync(TimeSpan operationTimeout) => StoreInstance.OpenAsync(
        new StoreSettings { Kind = StoreKind.Redis, Redis = new Secret(_redis.ConnectionString), OperationTimeout = operationTimeout });

    // What a paused server has read is executed once it goes on, whoever has given up waiting.
    private protected override Task StallAsync() => Server.AskAsync("CLIENT", "PAUSE", "60000", "WRITE");

    private protected override Task ResumeAsync() => Server.AskAsync("CLIENT", "UNPAUSE");

    private protected override async Task CrashAsync()
    {
        await Server.KillAsync();
        await Server.RestartAsync();
    }

    private protected override async Task SaveAsync()
    {
        await Server.KillAsync();
        Server.Save();
        await Server.RestartAsync();
    }

    private protected override async Task LoseAsync()
    {
        await Server.KillAsync();
        Server.GoBack();
        await Server.RestartAsync();
    }
}
