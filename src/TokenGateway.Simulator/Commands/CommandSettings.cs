using System.Text;
using TokenGateway.Simulator.Control;

namespace TokenGateway.Simulator.Commands;

/// <summary>What the executable was told: by the environment (<c>SIMULATOR__NAME</c>), and over that by the command line.</summary>
internal sealed record CommandSettings
{
    private const string Prefix = "SIMULATOR__";

    public string Url { get; private init; } = "http://127.0.0.1:9090";

    public string UpstreamUrl { get; private init; } = "http://127.0.0.1:9091";

    public string? RefreshToken { get; private init; }

    public SimulatorOptions Options { get; private init; } = new();

    /// <exception cref="FormatException">An option is unknown or its value cannot be read.</exception>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    public static CommandSettings Read(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables(Prefix).AddInMemoryCollection(CommandLine(args)).Build();
        var settings = new CommandSettings();
        foreach (var (name, value) in configuration.AsEnumerable())
        {
            settings = settings.With(name, value ?? "");
        }

        settings.Options.Checked();
        return settings;
    }

    public static string Usage()
    {
        var text = new StringBuilder()
            .AppendLine("Usage: TokenGateway.Simulator [--name value]...   (or SIMULATOR__NAME in the environment)")
            .AppendLine("  --urls                                the provider's address; http://127.0.0.1:9090")
            .AppendLine("  --upstream-urls                       the upstream's address; http://127.0.0.1:9091")
            .AppendLine("  --refresh-token                       the first seed's value; a random one");
        foreach (var setting in SettingTable.All)
        {
            text.Append("  --").Append(setting.Name.PadRight(36)).AppendLine(setting.Help);
        }

        return text.ToString();
    }

    private CommandSettings With(string name, string value) => SettingTable.Normalize(name) switch
    {
        "URLS" => this with { Url = value },
        "UPSTREAMURLS" => this with { UpstreamUrl = value },
        "REFRESHTOKEN" => this with { RefreshToken = value },
        _ => this with { Options = SettingTable.Apply(Options, name, value) },
    };

    private static Dictionary<string, string?> CommandLine(string[] args)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            if (!name.StartsWith("--", StringComparison.Ordinal))
            {
                throw new FormatException($"unexpected argument {name}; options are written --name value, and --help lists them");
            }

            value ??= ++i < args.Length ? args[i] : throw new FormatException($"{name} needs a value");

            // Without dashes, so that it replaces the same setting from the environment.
            if (!values.TryAdd(SettingTable.Normalize(name), value))
            {
                throw new FormatException($"{name} is given twice");
            }
        }

        return values;
    }
}
