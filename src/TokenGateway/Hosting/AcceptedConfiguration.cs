namespace TokenGateway.Hosting;

/// <summary>The configuration in force: a copy of one that was found good as a whole. Routes, listeners and settings follow it, so that a bad change reaches none of them.</summary>
internal sealed class AcceptedConfiguration : ConfigurationProvider, IConfigurationSource
{
    public AcceptedConfiguration(IConfiguration first)
    {
        Data = Copy(first);
        Root = new ConfigurationBuilder().Add(this).Build();
    }

    public IConfigurationRoot Root { get; }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Everything that a configuration holds.</summary>
    public static Dictionary<string, string?> Copy(IConfiguration configuration) => new(
        configuration.AsEnumerable().Where(pair => pair.Value is not null), StringComparer.OrdinalIgnoreCase);

    /// <summary>Puts another one in force, and tells those who follow.</summary>
    public void Accept(Dictionary<string, string?> changed)
    {
        Data = changed;
        OnReload();
    }
}
