using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Presets;

/// <summary>The page says of each preset what the product knows of it.</summary>
public sealed class ProviderPageTests
{
    [Fact]
    public void Table_of_presets_is_what_presets_json_says()
    {
        var rows = RepositoryFile.Read("docs/providers.md").Split('\n').Where(line => line.StartsWith("| [", StringComparison.Ordinal));

        Assert.Equal(ProviderPresets.BuiltIn.All.Select(Row).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_preset_says_how_to_get_the_first_refresh_token()
    {
        var page = RepositoryFile.Read("docs/providers.md");
        var section = page[page.IndexOf("## How do I get my first refresh token?", StringComparison.Ordinal)..page.IndexOf("## One of your own", StringComparison.Ordinal)];

        Assert.All(ProviderPresets.BuiltIn.All, preset => Assert.Contains($"\n| `{preset.Name}` | ", section, StringComparison.Ordinal));
    }

    private static string Row(ProviderPreset preset) =>
        $"| [{preset.Name}]({preset.Source}) | {preset.RequestFormat.ToString()!.ToLowerInvariant()}, {(preset.ClientAuthentication == ClientAuthentication.ClientSecretBasic ? "Basic" : "body")} " +
        $"| {preset.ReusePolicy}{(preset.ReuseGrace is { } grace ? $" {grace:c}" : "")} " +
        $"| {(preset.InvalidGrantErrors is { } errors ? string.Join(", ", errors.Order(StringComparer.Ordinal).Select(error => $"`{error}`")) : "–")} " +
        $"| {Life(preset.DefaultExpiresIn)} | {Life(preset.DefaultRefreshExpiresIn)} | {Code(preset.OAuthUrl)} | {Code(preset.TokenEndpoint)} | {Code(preset.ValidateEndpoint ?? preset.IntrospectionEndpoint)} " +
        $"| {Code(preset.AuthorizationEndpoint)} |";

    private static string Life(TimeSpan? life) => life?.ToString("c") ?? "–";

    private static string Code(string? text) => text is null ? "–" : $"`{text}`";
}
