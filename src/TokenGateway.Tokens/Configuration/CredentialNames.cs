using System.Buffers;
using Microsoft.Extensions.Configuration;

namespace TokenGateway.Tokens.Configuration;

/// <summary>
/// The names of the configured credentials, which become keys of the store. Configuration is blind to case and lets the
/// last source spell a key, so that an environment variable in capitals would rename a credential of the file, and the
/// store would not know it any more: the first source's spelling counts.
/// </summary>
internal static class CredentialNames
{
    public const int MaxLength = 100;

    private const string Container = $"{TokenGatewaySettingsReader.SectionName}:Credentials";

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static HashSet<string> Of(IConfiguration root) => new(InSourceOrder(root), StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> InSourceOrder(IConfiguration configuration) =>
        configuration is IConfigurationRoot root
            ? root.Providers.SelectMany(InSourceOrder)
            : configuration.GetSection(Container).GetChildren().Select(child => child.Key);

    private static IEnumerable<string> InSourceOrder(IConfigurationProvider provider) =>
        provider is ChainedConfigurationProvider chained ? InSourceOrder(chained.Configuration) : provider.GetChildKeys([], Container);

    public static string? Problem(string name) => IsSound(name) ? null : $"is not a credential's name; use 1 to {MaxLength} letters, digits and . _ -";

    public static bool IsSound(string name) => name.Length is > 0 and <= MaxLength && name is not ("." or "..") && !name.AsSpan().ContainsAnyExcept(Characters);
}
