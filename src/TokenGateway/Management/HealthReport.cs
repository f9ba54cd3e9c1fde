using System.Text.Json.Serialization;
using TokenGateway.Hosting;
using TokenGateway.Tokens;

namespace TokenGateway.Management;

/// <summary>Health in the shape of AspNetCore.HealthChecks.UI, which dashboards read.</summary>
internal sealed record HealthReport(HealthLevel Status, string TotalDuration, IReadOnlyDictionary<string, HealthEntry> Entries)
{
    public static HealthReport Of(IEnumerable<CredentialStatus> credentials, ConfigurationHealth configuration, Func<TimeSpan> elapsed)
    {
        var entries = new Dictionary<string, HealthEntry>(StringComparer.Ordinal);
        foreach (var status in credentials)
        {
            entries[status.Name] = HealthEntry.Of(status);
        }

        // With a colon, which no credential's name can hold.
        entries["configuration:reload"] = HealthEntry.Of(configuration);
        return new HealthReport(entries.Values.Max(entry => entry.Status), elapsed().ToString("c"), entries);
    }
}

/// <summary>One thing that can be well or not.</summary>
internal sealed record HealthEntry(HealthLevel Status, string? Description, HealthData Data, string[] Tags)
{
    /// <summary>The shape asks for it; a read of memory takes no time worth telling.</summary>
    public string Duration { get; } = TimeSpan.Zero.ToString("c");

    public static HealthEntry Of(CredentialStatus status)
    {
        var level = !status.Usable ? HealthLevel.Unhealthy : status.Problem is not null ? HealthLevel.Degraded : HealthLevel.Healthy;
        var description = status.Problem ?? (status.Usable ? null : "No usable access token.");
        return new HealthEntry(level, description, new HealthData(SnakeCase.Of(status.State), status.Generation, status.AccessTokenExpiresAt, status.Action), ["credential"]);
    }

    public static HealthEntry Of(ConfigurationHealth configuration) => configuration.Problem is { } problem
        ? new HealthEntry(HealthLevel.Degraded, $"The last change of the configuration was refused; the one before it is in force. {problem}", new HealthData(), ["configuration"])
        : new HealthEntry(
            HealthLevel.Healthy, configuration.NeedsRestart is { } keys ? $"Changed, and in force from the next start on: {keys}" : null, new HealthData(), ["configuration"]);
}

internal sealed record HealthData(string? State = null, long? Generation = null, DateTimeOffset? AccessTokenExpiresAt = null, string? Action = null);

/// <summary>In the order of concern.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthLevel>))]
internal enum HealthLevel { Healthy, Degraded, Unhealthy }
