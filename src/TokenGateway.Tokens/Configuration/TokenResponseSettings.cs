using System.Text.Json;

namespace TokenGateway.Tokens.Configuration;

/// <summary>
/// Reads how a provider writes its token responses: where the pair stands, what its fields are called, and what its errors mean.
/// </summary>
internal static class TokenResponseSettings
{
    public static CredentialSettings Read(SettingsReader reader, CredentialSettings defaults)
    {
        var settings = defaults with
        {
            InvalidGrantErrors = reader.Texts("InvalidGrantErrors") ?? defaults.InvalidGrantErrors,
            InvalidGrantStatuses = reader.InvalidGrantStatuses() ?? defaults.InvalidGrantStatuses,
            UnspentErrors = reader.Texts("UnspentErrors") ?? defaults.UnspentErrors,
            UnspentStatuses = reader.UnspentStatuses() ?? defaults.UnspentStatuses,
            ResponsePath = reader.ResponsePath() ?? defaults.ResponsePath,
            ResponseFields = ResponseFields.Read(reader.Section("ResponseFields"), defaults.ResponseFields),
            BearerFrom = reader.Choice<BearerFrom>("BearerFrom", JsonNamingPolicy.SnakeCaseLower) ?? defaults.BearerFrom,
        };
        var words = settings.InvalidGrantErrors.Intersect(settings.UnspentErrors, StringComparer.Ordinal);
        ReportContradiction(reader, "UnspentErrors", words, "InvalidGrantErrors");
        var statuses = settings.InvalidGrantStatuses.Intersect(settings.UnspentStatuses);
        ReportContradiction(reader, "UnspentStatuses", statuses, "InvalidGrantStatuses");
        return settings;
    }

    /// <summary>
    /// Of the client's own mistakes only: what any other status means for the refresh token is not for a provider to choose.
    /// </summary>
    public static IReadOnlySet<int>? InvalidGrantStatuses(this SettingsReader reader) => reader.Numbers("InvalidGrantStatuses", 400, 499);

    /// <summary>From 300 on: a success means that the token is spent, whatever else is configured.</summary>
    public static IReadOnlySet<int>? UnspentStatuses(this SettingsReader reader) => reader.Numbers("UnspentStatuses", 300, 599);

    public static string? ResponsePath(this SettingsReader reader)
    {
        var path = reader.Text("ResponsePath")?.Trim();
        if (path is null || !path.Split('.').Any(string.IsNullOrWhiteSpace))
        {
            return path;
        }

        reader.Report("ResponsePath", "is not a path; write names and numbers with a dot between them, as in data.0.token");
        return null;
    }

    private static void ReportContradiction<T>(SettingsReader reader, string key, IEnumerable<T> both, string other)
    {
        foreach (var value in both)
        {
            reader.Report(
                key, $"says that {value} spends nothing, and {other} that it means a dead refresh token; remove it from one of them");
        }
    }
}
