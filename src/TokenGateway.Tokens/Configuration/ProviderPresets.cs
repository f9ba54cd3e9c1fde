using Microsoft.Extensions.Configuration;

namespace TokenGateway.Tokens.Configuration;

/// <summary>The presets by name, case aside: those that come with the product (<c>presets.json</c>), and those that the configuration defines beside them.</summary>
internal sealed class ProviderPresets
{
    private const string Section = "Presets";

    private readonly Dictionary<string, ProviderPreset> _all;

    private ProviderPresets(IEnumerable<ProviderPreset> presets) => _all = presets.ToDictionary(preset => preset.Name, StringComparer.OrdinalIgnoreCase);

    public static ProviderPresets BuiltIn { get; } = LoadBuiltIn();

    public IReadOnlyCollection<ProviderPreset> All => _all.Values;

    public ProviderPreset Default => _all[ProviderPreset.DefaultName];

    /// <summary>Null where there is none of that name.</summary>
    public ProviderPreset? Find(string name) => _all.GetValueOrDefault(name);

    /// <summary>
    /// Reads <c>TokenGateway:Presets</c>. None may have a built-in one's name: a file that says <c>xero</c> means the same everywhere.
    /// </summary>
    public static ProviderPresets Read(SettingsReader reader)
    {
        var own = new List<ProviderPreset>();
        foreach (var (name, settings) in reader.Sections(Section))
        {
            var preset = ProviderPresetReader.Read(settings, name);
            if (NameProblem(name) is { } problem)
            {
                reader.Report($"{Section}:{name}", problem);
            }
            else
            {
                own.Add(preset);
            }
        }

        return own.Count == 0 ? BuiltIn : new ProviderPresets(BuiltIn.All.Concat(own));
    }

    private static string? NameProblem(string name) =>
        CredentialNames.IsSound(name) ? BuiltIn.Find(name) is null ? null : "has the name of a built-in preset; choose another, and name that one as the credential's Preset"
            : $"is not a preset's name; use 1 to {CredentialNames.MaxLength} letters, digits and . _ -";

    private static ProviderPresets LoadBuiltIn()
    {
        using var stream = typeof(ProviderPresets).Assembly.GetManifestResourceStream("TokenGateway.Tokens.Configuration.presets.json")
            ?? throw new InvalidOperationException("presets.json is not in the assembly.");
        var root = new ConfigurationBuilder().AddInMemoryCollection(FlatJson.Read(stream, Section)).Build();
        var errors = new List<SettingError>();
        var presets = root.GetSection(Section).GetChildren().Select(preset =>
        {
            var reader = new SettingsReader(preset, errors);
            var read = ProviderPresetReader.Read(reader, preset.Key);
            reader.ReportUnknown();
            return read;
        }).ToList();
        return errors.Count == 0 ? new ProviderPresets(presets) : throw new InvalidOperationException($"presets.json: {string.Join("; ", errors)}");
    }
}
