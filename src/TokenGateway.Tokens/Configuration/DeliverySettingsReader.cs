using System.Globalization;
using TokenGateway.Tokens.Delivery;

namespace TokenGateway.Tokens.Configuration;

/// <summary>Reads how a token is sent and refused: of a credential and of a preset alike. Null where nothing is said.</summary>
internal static class DeliverySettingsReader
{
    public static TokenDelivery Read(SettingsReader reader, TokenDelivery defaults) => new()
    {
        Header = reader.Header() ?? defaults.Header,
        Scheme = reader.Scheme() ?? defaults.Scheme,
        ReplayBodyLimit = reader.Number("ReplayBodyLimit", least: 0) ?? defaults.ReplayBodyLimit,
        ExpiredResponses = reader.ExpiredResponses() ?? defaults.ExpiredResponses,
    };

    public static string? Header(this SettingsReader reader) => Checked(reader, "Header", reader.FilledText("Header")?.Trim(), DeliveryRules.ProblemOfHeader);

    public static string? Scheme(this SettingsReader reader) => Checked(reader, "Scheme", reader.TextOrEmpty("Scheme")?.Trim(), DeliveryRules.ProblemOfScheme);

    public static IReadOnlyList<ExpiredResponse>? ExpiredResponses(this SettingsReader reader)
    {
        var entries = reader.Sections("ExpiredResponses");
        return entries.Count > 0 || reader.IsEmptyList("ExpiredResponses") ? [.. entries.OrderBy(Number).Select(entry => Read(reader, entry))] : null;
    }

    private static ExpiredResponse Read(SettingsReader reader, (string Name, SettingsReader Settings) entry)
    {
        var response = new ExpiredResponse
        {
            Status = entry.Settings.Number("Status", least: 200, most: 599),
            Contains = entry.Settings.Text("Contains"),
            Location = entry.Settings.Text("Location"),
            GrpcStatus = entry.Settings.Number("GrpcStatus", least: 1, most: 16),
        };
        var key = $"ExpiredResponses:{entry.Name}";
        if (Problem(response) is { } problem && !reader.Failed(key))
        {
            reader.Report(key, problem);
        }

        return response;
    }

    private static string? Problem(ExpiredResponse response) =>
        response.Status is null && response.GrpcStatus is null ? "names neither a Status nor a GrpcStatus; name the one that the API answers a dead token with"
        : response is { Status: 401 or < 300, Contains: null, Location: null, GrpcStatus: null } ?
            $"would take every {response.Status} for a dead token; add what its body Contains{(response.Status == 401 ? ", or set Validation:On401 to Rotate" : "")}"
        : null;

    private static int Number((string Name, SettingsReader Settings) entry) =>
        int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;

    private static string? Checked(SettingsReader reader, string key, string? value, Func<string, string?> rule)
    {
        if (value is null || rule(value) is not { } problem)
        {
            return value;
        }

        reader.Report(key, problem);
        return null;
    }
}
