namespace TokenGateway.Hosting;

/// <summary>What is wrong with the configuration as it was last changed. While something is, the one before it stays in force.</summary>
internal sealed class ConfigurationHealth
{
    private volatile string? _file;
    private volatile string? _settings;
    private volatile string? _restart;
    private volatile string? _proxy;

    /// <summary>A changed file could not be read; told from the thread that watches it.</summary>
    public event Action<string>? FileRefused;

    /// <summary>The file that could not be read, in one sentence; null when all is well.</summary>
    public string? FileProblem
    {
        get => _file;
        set
        {
            _file = value;
            if (value is not null)
            {
                FileRefused?.Invoke(value);
            }
        }
    }

    /// <summary>What the proxy refused, in one line; null when all is well.</summary>
    public string? ProxyProblem
    {
        get => _proxy;
        set => _proxy = value;
    }

    /// <summary>Why the changed settings were refused, every error in one line; null when all is well.</summary>
    public string? SettingsProblem
    {
        get => _settings;
        set => _settings = value;
    }

    /// <summary>The settings that were changed and come into force at the next start only; null where there are none.</summary>
    public string? NeedsRestart
    {
        get => _restart;
        set => _restart = value;
    }

    public string? Problem => FileProblem ?? SettingsProblem ?? ProxyProblem;
}
