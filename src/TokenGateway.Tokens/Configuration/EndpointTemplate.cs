using System.Buffers;

namespace TokenGateway.Tokens.Configuration;

/// <summary>What a preset's endpoints are derived from: the provider's base address, and a part of a path.</summary>
/// <param name="OAuthUrl">Without a slash at its end; null where it is not known.</param>
/// <param name="TokenType">Null where it is not known.</param>
internal sealed record EndpointTemplate(string? OAuthUrl, string? TokenType)
{
    private const string Url = "{OAuthUrl}";
    private const string Type = "{TokenType}";

    private static readonly SearchValues<char> Braces = SearchValues.Create("{}");

    /// <summary>True for an absolute http address, once the placeholders are filled in.</summary>
    public static bool IsSound(string template) => new EndpointTemplate("https://provider", "type").Fill(template) is not null;

    /// <summary>The address; null where there is no template, where what it needs is not known, or where it makes no address.</summary>
    public Uri? Fill(string? template)
    {
        if (template is null || Missing(template) is not null)
        {
            return null;
        }

        var filled = template.Replace(Url, OAuthUrl, StringComparison.Ordinal).Replace(Type, TokenType, StringComparison.Ordinal);
        return !filled.AsSpan().ContainsAny(Braces) && Uri.TryCreate(filled, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" ? address : null;
    }

    /// <summary>The setting that the template needs and nobody has given; null when there is none.</summary>
    public string? Missing(string template) =>
        OAuthUrl is null && template.Contains(Url, StringComparison.Ordinal) ? "OAuthUrl"
        : TokenType is null && template.Contains(Type, StringComparison.Ordinal) ? "TokenType"
        : null;
}
