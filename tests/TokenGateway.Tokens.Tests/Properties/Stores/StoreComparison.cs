using System.Globalization;
using TokenGateway.Tokens.Storage;
using static TokenGateway.Tokens.Tests.Properties.Stores.StoreCommand;

namespace TokenGateway.Tokens.Tests.Properties.Stores;

/// <summary>Gives one sequence of commands to a store and to the model, and compares every answer and, after every command, what is there.</summary>
/// <param name="stores">Instances on one store, as so many processes would have.</param>
/// <param name="time">Lets this much time pass for the store, and a little more if it must.</param>
/// <param name="tolerance">How far a lease's remaining life may be off: nothing where the store's clock is the test's.</param>
internal sealed class StoreComparison(IReadOnlyList<ITokenStore> stores, Func<TimeSpan, Task> time, TimeSpan tolerance)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private int _sequences;

    public async Task RunAsync(List<Step> steps)
    {
        var run = new Run(stores, time, tolerance, (++_sequences).ToString(CultureInfo.InvariantCulture));
        foreach (var step in steps)
        {
            await run.TakeAsync(step);
        }
    }

    /// <summary>One sequence, on credentials of its own.</summary>
    private sealed class Run(IReadOnlyList<ITokenStore> stores, Func<TimeSpan, Task> time, TimeSpan tolerance, string name)
    {
        private readonly StoreModel[] _models = [new(), new()];
        private int _revisions;

        public async Task TakeAsync(Step step)
        {
            var store = stores[step.Instance % stores.Count];
            var credential = $"plum-{name}-{step.Credential}";
            var model = _models[step.Credential];
            await TakeAsync(store, credential, model, step.Command);

            // What another instance sees.
            var other = stores[(step.Instance + 1) % stores.Count];
            AssertSame(model, await other.ReadAsync(credential, CancellationToken.None));
        }

        private async Task TakeAsync(ITokenStore store, string credential, StoreModel model, StoreCommand command)
        {
            var now = (await store.ReadAsync(credential, CancellationToken.None)).StoreTime;
            switch (command)
            {
                case AcquireCommand acquire:
                    var request = new LeaseRequest(Lease(acquire.Lease), "owner " + acquire.Lease, acquire.Duration);
                    var result = await store.AcquireAsync(credential, request, CancellationToken.None);
                    Assert.Equal(model.Acquire(request, result.Snapshot.StoreTime).Acquired, result.Acquired);
                    AssertSame(model, result.Snapshot);
                    break;
                case RenewCommand renew:
                    Assert.Equal(
                        model.Renew(Lease(renew.Lease), renew.Duration, now),
                        await store.RenewAsync(credential, Lease(renew.Lease), renew.Duration, CancellationToken.None));
                    break;
                case LapseCommand lapse:
                    Assert.Equal(
                        model.Renew(Lease(lapse.Lease), Moment, now),
                        await store.RenewAsync(credential, Lease(lapse.Lease), Moment, CancellationToken.None));
                    await time(Moment);
                    break;
                case ReleaseCommand release:
                    model.Release(Lease(release.Lease));
                    await store.ReleaseAsync(credential, Lease(release.Lease), CancellationToken.None);
                    break;
                case WriteCommand write:
                    await WriteAsync(store, credential, model, write, now);
                    break;
                case AppendCommand append:
                    await AppendAsync(store, credential, model, append);
                    break;
            }
        }

        private async Task WriteAsync(ITokenStore store, string credential, StoreModel model, WriteCommand command, DateTimeOffset now)
        {
            var before = model.Read(now);
            var expected = command.Expected switch
            {
                Expectation.Current => before.Record?.Revision,
                Expectation.None => null,
                _ => "another",
            };
            var guard = command.Guard is { } lease ? new LeaseGuard(Lease(lease), before.Fence + command.FenceOff) : null;
            var record = new StoredRecord($"r{++_revisions}", command.Document);
            var write = new RecordWrite(expected, record, guard, command.Announce, command.MinimumFence);

            Assert.Equal(model.Write(write, now), await store.WriteAsync(credential, write, CancellationToken.None));
        }

        private static async Task AppendAsync(ITokenStore store, string credential, StoreModel model, AppendCommand command)
        {
            for (var i = 0; i < command.Times; i++)
            {
                byte[] entry = [(byte)i, .. command.Entry];
                model.AppendHistory(entry);
                await store.AppendHistoryAsync(credential, entry, CancellationToken.None);
            }

            var history = await store.ReadHistoryAsync(credential, CancellationToken.None);
            Assert.Equal(model.History.Select(entry => Convert.ToHexString(entry.Span)), history.Select(entry => Convert.ToHexString(entry.Span)));
        }

        private void AssertSame(StoreModel model, StoreSnapshot actual)
        {
            var expected = model.Read(actual.StoreTime);
            Assert.Equal(expected.Record?.Revision, actual.Record?.Revision);
            Assert.Equal(expected.Record?.Document.ToArray(), actual.Record?.Document.ToArray());
            Assert.Equal(expected.Fence, actual.Fence);
            Assert.Equal(expected.Lease?.Owner, actual.Lease?.Owner);
            if (expected.Lease is { } lease)
            {
                Assert.InRange((actual.Lease!.ExpiresAt - lease.ExpiresAt).Duration(), TimeSpan.Zero, tolerance);
            }
        }

        private string Lease(int number) => $"lease-{name}-{number}";
    }
}
