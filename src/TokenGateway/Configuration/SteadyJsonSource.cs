using Microsoft.Extensions.Configuration.Json;

namespace TokenGateway.Configuration;

/// <summary>
/// A JSON file that keeps its last good content when an edit breaks it. The framework's own empties itself, which would take every route away.
/// </summary>
internal sealed class SteadyJsonSource : JsonConfigurationSource
{
    public Action<FormatException>? ReloadFailed { get; init; }

    public Action? Reloaded { get; init; }

    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new Provider(this);
    }

    private sealed class Provider(SteadyJsonSource source) : JsonConfigurationProvider(source)
    {
        private bool _loaded;

        public override void Load(Stream stream)
        {
            try
            {
                base.Load(stream);
                if (_loaded)
                {
                    source.Reloaded?.Invoke();
                }

                _loaded = true;
            }
            catch (FormatException e) when (_loaded)
            {
                source.ReloadFailed?.Invoke(e);
            }
        }
    }
}
