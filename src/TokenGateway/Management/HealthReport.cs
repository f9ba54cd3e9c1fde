using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TokenGateway.Hosting;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Health;

namespace TokenGateway.Management;

/// <summary>Health in the shape of AspNetCore.HealthChecks.UI, which dashboards read.</summary>
internal sealed record HealthReport(
    [property: JsonConverter(typeof(JsonStringEnumConverter<HealthStatus>))] HealthStatus Status, string TotalDuration, IReadOnlyDictionary<string, HealthEntry> Entries)
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
        return new HealthReport(CredentialHealth.Worst(entries.Values.Select(entry => entry.Status)), elapsed().ToString("c"), entries);
    }
}

/// <summary>One thing that can be well or not.</summary>
internal sealed record HealthEntry(
    [property: JsonConverter(typeof(JsonStringEnumConverter<HealthStatus>))] HealthStatus Status, string? Description, HealthData Data, string[] Tags)
{
    /// <summary>The shape asks for it; a read of memory takes no time worth telling.</summary>
    public string Duration { get; } = TimeSpan.Zero.ToString("c");

    public static HealthEntry Of(CredentialStatus status)
    {
        var (level, description) = CredentialHealth.Of(status);
        return new HealthEntry(level, description, new HealthData(SnakeCase.Of(status.State), status.Generation, status.AccessTokenExpiresAt, status.Action), ["credential"]);
    }

    public static HealthEntry Of(ConfigurationHealth configuration) => configuration.Problem is { } problem
        ? new HealthEntry(HealthStatus.Degraded, $"The last change of the configuration was refused; the one before it is in force. {problem}", new HealthData(), ["configuration"])
        : new HealthEntry(
            HealthStatus.Healthy, configuration.NeedsRestart is { } keys ? $"Changed, and in force from the next start on: {keys}" : null, new HealthData(), ["configuration"]);
}

internal sealed record HealthData(string? State = null, long? Generation = null, DateTimeOffset? AccessTokenExpiresAt = null, string? Action = null);
