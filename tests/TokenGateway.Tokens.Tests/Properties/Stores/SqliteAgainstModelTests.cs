using Microsoft.Extensions.Time.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Tests.Records;
using TokenGateway.Tokens.Tests.Storage;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Properties.Stores;

public sealed class SqliteAgainstModelTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Sqlite_answers_every_sequence_of_commands_as_the_model_does()
    {
        var folder = Directory.CreateTempSubdirectory("tokengateway-model-");
        var time = new FakeTimeProvider(RecordSamples.Noon);
        var settings = new StoreSettings { Kind = StoreKind.Embedded, Path = Path.Combine(folder.FullName, "tokengateway.db") };
        await using (var one = await StoreInstance.OpenAsync(settings, time))
        await using (var two = await StoreInstance.OpenAsync(settings, time))
        await using (var three = await StoreInstance.OpenAsync(settings, time))
        {
            var comparison = new StoreComparison([one.Store, two.Store, three.Store], Pass, TimeSpan.Zero);
            await new Property(output).HoldsAsync(StoreSequence.Any, comparison.RunAsync, steps => string.Join(Environment.NewLine, steps));
        }

        folder.Delete(recursive: true);

        Task Pass(TimeSpan span)
        {
            time.Advance(span);
            return Task.CompletedTask;
        }
    }
}
