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
        var environment = new ConfigurationBuilder().AddEnvironmentVariables(Prefix).Build().AsEnumerable().Select(pair => (pair.Key, pair.Value ?? "", Prefix + pair.Key));
        var settings = new CommandSettings();

        // A provider is what the other options vary, wherever it is named.
        foreach (var (name, value, shown) in environment.Concat(CommandLine(args).Select(pair => (pair.Name, pair.Value, pair.Name))).OrderBy(given => IsProvider(given.Item1) ? 0 : 1))
        {
            settings = settings.With(name, value, shown);
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
            .AppendLine("  --refresh-token                       the first seed's value; a random one")
            .Append("  --provider                            behave as one of ").AppendJoin(", ", ProviderVariants.Names).AppendLine("; what else is given is added to it");
        foreach (var setting in SettingTable.All)
        {
            text.Append("  --").Append(setting.Name.PadRight(36)).AppendLine(setting.Help);
        }

        return text.ToString();
    }

    private CommandSettings With(string name, string value, string shown) => SettingTable.Normalize(name) switch
    {
        "URLS" => this with { Url = value },
        "UPSTREAMURLS" => this with { UpstreamUrl = value },
        "PROVIDER" => this with { Options = ProviderVariants.Find(value) },
        "REFRESHTOKEN" => this with { RefreshToken = value },
        _ => this with { Options = SettingTable.Apply(Options, name, value, shown) },
    };

    private static bool IsProvider(string name) => SettingTable.Normalize(name) == "PROVIDER";

    private static List<(string Name, string Value)> CommandLine(string[] args)
    {
        var given = new List<(string Name, string Value)>();
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            if (!name.StartsWith("--", StringComparison.Ordinal))
            {
                throw new FormatException($"unexpected argument {name}; options are written --name value, and --help lists them");
            }

            value ??= ++i < args.Length ? args[i] : throw new FormatException($"{name} needs a value");
            if (given.Exists(other => string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase)))
            {
                throw new FormatException($"{name} is given twice");
            }

            given.Add((name, value));
        }

        return given;
    }
}
