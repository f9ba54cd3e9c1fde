using Microsoft.Extensions.Time.Testing;
using TokenGateway.Simulation.Stores;
using TokenGateway.Tokens.Tests.Records;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Properties.Stores;

/// <summary>The simulation's store answers as SQLite and Redis do, which are held to the same model.</summary>
public sealed class InMemoryAgainstModelTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_simulations_store_answers_every_sequence_of_commands_as_the_model_does()
    {
        var time = new FakeTimeProvider(RecordSamples.Noon);
        var server = new InMemoryServer(time.GetUtcNow);
        var comparison = new StoreComparison([new InMemoryTokenStore(server), new InMemoryTokenStore(server), new InMemoryTokenStore(server)], Pass, TimeSpan.Zero);
        await new Property(output).HoldsAsync(StoreSequence.Any, comparison.RunAsync, steps => string.Join(Environment.NewLine, steps));

        Task Pass(TimeSpan span)
        {
            time.Advance(span);
            return Task.CompletedTask;
        }
    }
}
