using System.Collections.ObjectModel;
using Microsoft.Extensions.Configuration;

namespace TokenGateway.Tokens.Configuration;

/// <summary>
/// Reads one section strictly: what is wrong is collected, not thrown, and what nobody asked for is reported as unknown.
/// Typed reads stand beside it (<see cref="DurationSetting"/>, <see cref="SecretSetting"/>…). A read gives null where the
/// setting is absent, null or empty, so that a preset or a default can take its place, and where it is wrong.
/// </summary>
/// <remarks>To list a section's children the framework goes through every key of the configuration: it is not asked about what is not there.</remarks>
internal sealed class SettingsReader(IConfigurationSection section, List<SettingError> errors)
{
    private static readonly IReadOnlyDictionary<string, IConfigurationSection> NoChildren = ReadOnlyDictionary<string, IConfigurationSection>.Empty;

    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<SettingsReader> _nested = [];
    private readonly List<(SettingError Error, string Key, string? InsteadOf)> _missing = [];
    private IReadOnlyDictionary<string, IConfigurationSection>? _children;

    private IReadOnlyDictionary<string, IConfigurationSection> Children =>
        _children ??= section.GetChildren().ToDictionary(child => child.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>What relative paths of files are relative to; null for the working directory.</summary>
    public string? Folder { get; init; }

    public string PathOf(string key) => ConfigurationPath.Combine(section.Path, key);

    public void Report(string key, string message) => errors.Add(new SettingError(PathOf(key), message));

    /// <summary>Reports that a setting is missing.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="message">What helps.</param>
    /// <param name="insteadOf">Another setting that would have made it unnecessary; null where there is none.</param>
    public void ReportMissing(string key, string message, string? insteadOf = null)
    {
        Report(key, message);
        _missing.Add((errors[^1], key, insteadOf));
    }

    /// <summary>Where a file is that a setting names.</summary>
    public string FullPath(string path) => Folder is null ? path : Path.GetFullPath(path, Folder);

    /// <summary>True when this setting, or a part of it, has been reported: rules that compare it with others are then pointless.</summary>
    public bool Failed(string key) => errors.Exists(error => IsWithin(error.Path, PathOf(key)));

    /// <summary>Settings that belong to someone else: known, and not read.</summary>
    public void Skip(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            _known.Add(key);
        }
    }

    public string? Text(string key)
    {
        var child = Child(key);
        if (ChildrenOf(child).Any())
        {
            Report(key, "is a section or a list; a single value is expected");
            return null;
        }

        if (child.Value?.Contains('\0') == true)
        {
            Report(key, "holds a null character; remove it");
            return null;
        }

        return string.IsNullOrWhiteSpace(child.Value) ? null : child.Value;
    }

    /// <summary>A text that may be left out, but not be empty.</summary>
    public string? FilledText(string key)
    {
        var text = Text(key);
        if (text is null && Child(key).Value is not null && !Failed(key))
        {
            Report(key, "is empty; give it a value, or leave it out for the default");
        }

        return text;
    }

    /// <summary>A text in which "" is a value; null where it is absent or null.</summary>
    public string? TextOrEmpty(string key) => Text(key) ?? (Failed(key) ? null : Child(key).Value is null ? null : "");

    /// <summary>The entries of a list or map: for each its key from here on (<c>Keys:0</c>), its name and its text, "" where it is empty.</summary>
    public IReadOnlyList<SettingEntry> Entries(string key)
    {
        var entries = new List<SettingEntry>();
        foreach (var child in ChildrenOf(Container(key)))
        {
            var entry = ConfigurationPath.Combine(key, child.Key);
            if (child.GetChildren().Any())
            {
                Report(entry, "is a section or a list; a single value is expected");
                continue;
            }

            entries.Add(new SettingEntry(entry, child.Key, child.Value ?? ""));
        }

        return entries;
    }

    /// <summary>True for a list that is there and holds nothing, as JSON's <c>[]</c>.</summary>
    public bool IsEmptyList(string key) => Child(key) is { Value: "" } child && !ChildrenOf(child).Any();

    public SettingsReader Section(string key)
    {
        var container = Container(key);
        var nested = new SettingsReader(container, errors) { Folder = Folder, _children = Children.ContainsKey(key) ? null : NoChildren };
        _nested.Add(nested);
        return nested;
    }

    /// <summary>The sections within a section, by name.</summary>
    public IReadOnlyList<(string Name, SettingsReader Settings)> Sections(string key)
    {
        var container = Section(key);
        return [.. container.Children.Values.Select(child => (child.Key, container.Section(child.Key)))];
    }

    /// <summary>Reports every key that no read has asked for, here and in the sections within.</summary>
    public void ReportUnknown()
    {
        foreach (var child in Children.Values.Where(child => !_known.Contains(child.Key)))
        {
            var near = Spelling.Nearest(child.Key, _known);
            LeaveOutWhatFollows(near);
            Report(child.Key, near is null ? "is unknown; remove it" : $"is unknown; did you mean {near}?");
        }

        _nested.ForEach(nested => nested.ReportUnknown());
    }

    /// <summary>A key that is spelled wrong is missing too: that need not be said as well.</summary>
    private void LeaveOutWhatFollows(string? meant)
    {
        foreach (var (error, _, _) in _missing.Where(missing => meant is not null && (missing.Key == meant || missing.InsteadOf == meant)))
        {
            errors.Remove(error);
        }
    }

    private static bool IsWithin(string path, string container) =>
        path.StartsWith(container, StringComparison.OrdinalIgnoreCase)
        && (path.Length == container.Length || path[container.Length] == ':');

    private IConfigurationSection Child(string key)
    {
        _known.Add(key);
        return section.GetSection(key);
    }

    private IEnumerable<IConfigurationSection> ChildrenOf(IConfigurationSection child) => Children.ContainsKey(child.Key) ? child.GetChildren() : [];

    private IConfigurationSection Container(string key)
    {
        var child = Child(key);
        if (!string.IsNullOrWhiteSpace(child.Value))
        {
            Report(key, "is a single value; a section or a list is expected");
        }

        return child;
    }
}

/// <param name="Key">From the reader's section on, <c>ExtraParameters:audience</c>.</param>
/// <param name="Name">The last part of the key.</param>
/// <param name="Text">The value; "" where it is empty or null.</param>
internal sealed record SettingEntry(string Key, string Name, string Text);
