using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Primitives;

namespace TokenGateway.Configuration;

/// <summary>
/// A JSON file that keeps its last good content when an edit breaks it, and when it is deleted. The framework's own empties itself in both cases, which would take every route
/// and credential away.
/// </summary>
internal sealed class SteadyJsonSource : JsonConfigurationSource
{
    /// <summary>A changed file cannot be read.</summary>
    public required Action<Exception> ReloadFailed { get; init; }

    /// <summary>A changed file has been read.</summary>
    public required Action Reloaded { get; init; }

    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new Provider(this);
    }

    /// <summary>The source's own <c>ReloadOnChange</c> is off: the framework's reload cannot be kept from emptying it.</summary>
    private sealed class Provider : JsonConfigurationProvider
    {
        private readonly SteadyJsonSource _source;
        private readonly IDisposable _watch;
        private volatile SortedKeys? _keys;

        public Provider(SteadyJsonSource source)
            : base(source)
        {
            _source = source;
            _watch = ChangeToken.OnChange(() => source.FileProvider!.Watch(source.Path!), () => _ = RereadAsync());
        }

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            (_keys = SortedKeys.Of(_keys, Data)).ChildrenOf(parentPath, earlierKeys);

        protected override void Dispose(bool disposing)
        {
            _watch.Dispose();
            base.Dispose(disposing);
        }

        private async Task RereadAsync()
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_source.ReloadDelay), TimeProvider.System); // Whoever writes it may not have ended.
            try
            {
                await using var content = _source.FileProvider!.GetFileInfo(_source.Path!).CreateReadStream();
                Load(content);
            }
            catch (Exception e)
            {
                _source.ReloadFailed(e);
                return;
            }

            _source.Reloaded();
            OnReload();
        }
    }
}
