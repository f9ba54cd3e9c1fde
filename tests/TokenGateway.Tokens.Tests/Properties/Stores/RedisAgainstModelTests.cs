using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Tests.Storage;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Properties.Stores;

public sealed class RedisAgainstModelTests(RedisFixture redis, ITestOutputHelper output) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Redis_answers_every_sequence_of_commands_as_the_model_does()
    {
        output.WriteLine(redis.Server.Description);
        var settings = new StoreSettings
        {
            Kind = StoreKind.Redis,
            Redis = new Secret(redis.Server.ConnectionString),
            KeyPrefix = "model-" + RandomSource.System.NextId(),
            OperationTimeout = TimeSpan.FromSeconds(10),
        };
        await using var one = await StoreInstance.OpenAsync(settings);
        await using var two = await StoreInstance.OpenAsync(settings);
        await using var three = await StoreInstance.OpenAsync(settings);

        // A lease's end is compared with the model's, which was told the time a moment before the store looked at its clock.
        var comparison = new StoreComparison([one.Store, two.Store, three.Store], Pass, tolerance: TimeSpan.FromSeconds(10));
        await new Property(output).HoldsAsync(StoreSequence.Any, comparison.RunAsync, steps => string.Join(Environment.NewLine, steps));

        async Task Pass(TimeSpan span)
        {
            // A timer may fire a little early; what counts is the server's own clock, which a read tells.
            var store = one.Store;
            var end = (await store.ReadAsync("clock", CancellationToken.None)).StoreTime + span;
            await StoreTestHelpers.EventuallyAsync(async () => (await store.ReadAsync("clock", CancellationToken.None)).StoreTime > end + span);
        }
    }
}
