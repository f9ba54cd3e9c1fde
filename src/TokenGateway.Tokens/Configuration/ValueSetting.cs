using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace TokenGateway.Tokens.Configuration;

/// <summary>Flags, numbers and choices.</summary>
internal static class ValueSetting
{
    public static bool? Flag(this SettingsReader reader, string key)
    {
        if (reader.Text(key) is not { } text)
        {
            return null;
        }

        if (bool.TryParse(text, out var flag))
        {
            return flag;
        }

        reader.Report(key, "is neither true nor false");
        return null;
    }

    /// <summary>A whole number; both bounds are included.</summary>
    public static int? Number(this SettingsReader reader, string key, int least, int most = int.MaxValue) =>
        reader.Text(key) is { } text ? reader.Number(key, text, least, most) : null;

    /// <summary>
    /// A list of whole numbers, both bounds included; null where it is not given at all, so that an empty one can take the place of a
    /// preset's.
    /// </summary>
    public static IReadOnlySet<int>? Numbers(this SettingsReader reader, string key, int least, int most)
    {
        var entries = reader.Entries(key);
        return entries.Count > 0 || reader.IsEmptyList(key)
            ? entries.Select(entry => reader.Number(entry.Key, entry.Text, least, most)).OfType<int>().ToFrozenSet()
            : null;
    }

    /// <summary>A list of texts; null where it is not given at all, so that an empty one can take the place of a preset's.</summary>
    public static IReadOnlySet<string>? Texts(this SettingsReader reader, string key)
    {
        var entries = reader.Entries(key);
        foreach (var entry in entries.Where(entry => string.IsNullOrWhiteSpace(entry.Text)))
        {
            reader.Report(entry.Key, "is empty; give it a value or remove it");
        }

        return entries.Count > 0 || reader.IsEmptyList(key) ? entries.Select(entry => entry.Text).ToHashSet(StringComparer.Ordinal) : null;
    }

    public static double? Fraction(this SettingsReader reader, string key)
    {
        if (reader.Text(key) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction) && fraction is >= 0 and <= 1)
        {
            return fraction;
        }

        reader.Report(key, "is not a number from 0 to 1");
        return null;
    }

    /// <summary>One of an enum's names, case aside; numbers are not names. OAuth's values are spelled by <paramref name="spelling"/>.</summary>
    public static TEnum? Choice<TEnum>(this SettingsReader reader, string key, JsonNamingPolicy? spelling = null)
        where TEnum : struct, Enum
    {
        if (reader.Text(key)?.Trim() is not { } text)
        {
            return null;
        }

        var names = Array.ConvertAll(Enum.GetNames<TEnum>(), name => spelling?.ConvertName(name) ?? name);
        var index = Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (index >= 0)
        {
            return Enum.GetValues<TEnum>()[index];
        }

        reader.Report(key, $"is none of {string.Join(", ", names)}");
        return null;
    }

    private static int? Number(this SettingsReader reader, string key, string text, int least, int most)
    {
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        reader.Report(key, most == int.MaxValue ? $"is not a whole number of at least {least}" : $"is not a whole number from {least} to {most}");
        return null;
    }
}
