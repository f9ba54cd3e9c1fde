using System.Globalization;

namespace TokenGateway.Tokens.Configuration;

/// <summary>Durations, in .NET's constant format: <c>[d.]hh:mm:ss[.fffffff]</c>.</summary>
internal static class DurationSetting
{
    public static TimeSpan? Duration(this SettingsReader reader, string key, DurationRange range)
    {
        if (reader.Text(key)?.Trim() is not { } text)
        {
            return null;
        }

        // "30" would be 30 days, and "00:30" half an hour: both are said to be wrong rather than guessed.
        if (text.AsSpan().Count(':') != 2 || !TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration))
        {
            reader.Report(key, "is not a duration; write hh:mm:ss, as in 00:00:30, 00:00:00.5, or 1.00:00:00 for a day");
            return null;
        }

        if (range.Problem(duration) is { } problem)
        {
            reader.Report(key, problem);
            return null;
        }

        return duration;
    }
}

/// <summary>The bounds of a duration, both included.</summary>
internal sealed record DurationRange(TimeSpan Shortest, TimeSpan Longest)
{
    /// <summary>Something that is waited for: no longer than a timer can run.</summary>
    public static DurationRange Wait { get; } = new(TimeSpan.Zero, TimeSpan.FromDays(24));

    public static DurationRange PositiveWait { get; } = Wait with { Shortest = TimeSpan.FromMilliseconds(1) };

    /// <summary>An age of a token, up to ten years.</summary>
    public static DurationRange Age { get; } = new(TimeSpan.Zero, TimeSpan.FromDays(3650));

    public static DurationRange PositiveAge { get; } = Age with { Shortest = TimeSpan.FromMilliseconds(1) };

    public string? Problem(TimeSpan duration) =>
        duration < TimeSpan.Zero ? "is negative; a duration is zero or more"
        : duration < Shortest ? "is zero; it must be at least a millisecond"
        : duration > Longest ? $"is longer than {Longest.TotalDays} days"
        : null;
}
