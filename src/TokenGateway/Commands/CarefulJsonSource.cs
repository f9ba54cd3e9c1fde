using Microsoft.Extensions.Configuration.Json;
using TokenGateway.Hosting;

namespace TokenGateway.Commands;

/// <summary>
/// A JSON file whose bad change does no harm. The framework's own forgets everything when a changed file is not JSON, so that
/// the next reload of any other source would take every route away.
/// </summary>
internal sealed class CarefulJsonSource(ConfigurationHealth health) : JsonConfigurationSource
{
    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new CarefulJsonProvider(this, health);
    }

    private sealed class CarefulJsonProvider(JsonConfigurationSource source, ConfigurationHealth health) : JsonConfigurationProvider(source)
    {
        private bool _loaded;

        public override void Load(Stream stream)
        {
            try
            {
                base.Load(stream);
                _loaded = true;
                health.FileProblem = null;
            }
            catch (FormatException e) when (_loaded)
            {
                health.FileProblem = $"{Source.Path} cannot be read: {e.GetBaseException().Message.ReplaceLineEndings(" ")}";
            }
        }
    }
}
