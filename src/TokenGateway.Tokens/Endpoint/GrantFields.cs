using System.Text.Json;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>The values of a grant, wherever in the response they stand and whatever the provider calls them.</summary>
/// <param name="holder">The object that holds the pair.</param>
/// <param name="settings">The names of the provider.</param>
/// <param name="top">The response's own object, which says what the holder leaves out.</param>
internal sealed class GrantFields(AnswerFields holder, CredentialSettings settings, AnswerFields? top = null)
{
    private static readonly string[] AccessTokenNames = Spell("access_token");
    private static readonly string[] IdTokenNames = Spell("id_token");
    private static readonly string[] RefreshTokenNames = Spell("refresh_token");
    private static readonly string[] TokenTypeNames = Spell("token_type");
    private static readonly string[] ForeignTokenTypes = ["DPoP", "mac", "N_A"];
    private static readonly string[] Lives = Spell("expires_in", "access_token_expires_in");
    private static readonly string[] IdTokenLives = Spell("id_token_expires_in");
    private static readonly string[] Ends =
        Spell("access_token_expiry", "expires_at", "expires_on", "access_token_expires_at", "expiration");
    private static readonly string[] RefreshLives = Spell("refresh_token_expires_in", "refresh_expires_in", "x_refresh_token_expires_in");
    private static readonly string[] RefreshEnds = Spell("refresh_token_expiry", "refresh_token_expires_at", "refresh_expires_at");

    private readonly ResponseFields _own = settings.ResponseFields;
    private bool _hasUnusableBelow;

    /// <summary>Where the pair was found that no setting names; null where it stands at the top or at <c>ResponsePath</c>.</summary>
    public string? FoundAt { get; private init; }

    /// <summary>The token that is sent as the bearer; null where there is none, or none that could be sent.</summary>
    public Secret? Bearer => TokenCharacters.ToAccessToken(Text(_own.AccessToken, ServesIdToken ? IdTokenNames : AccessTokenNames));

    public Secret? RefreshToken => TokenCharacters.ToRefreshToken(RefreshTokenOf(holder, settings));

    /// <summary>True when there is a refresh token of whatever kind, be it one that cannot be used.</summary>
    public bool HasRefreshToken => _hasUnusableBelow || HasRefreshTokenIn(holder, settings);

    /// <summary>
    /// The type of a token that is none to be sent as a bearer (RFC 6749 §7.1); null where it may be one. Words that mean nothing to us
    /// pass.
    /// </summary>
    public string? ForeignTokenType => ServesIdToken ? null
        : Text(_own.TokenType, TokenTypeNames) is not { } said ? null
        : Array.Find(ForeignTokenTypes, type => type.Equals(said, StringComparison.OrdinalIgnoreCase));

    /// <summary>All that is said of the life of <see cref="Bearer"/>: what is left of it, and when it ends.</summary>
    public (IEnumerable<string> Lives, IEnumerable<string> Ends) BearerLife =>
        (Scalars(_own.ExpiresIn, ServesIdToken ? [.. IdTokenLives, .. Lives] : Lives), Scalars(null, Ends));

    /// <summary>The same of <see cref="RefreshToken"/>.</summary>
    public (IEnumerable<string> Lives, IEnumerable<string> Ends) RefreshTokenLife =>
        (Scalars(_own.RefreshTokenExpiresIn, RefreshLives), Scalars(null, RefreshEnds));

    private bool ServesIdToken => settings.BearerFrom == BearerFrom.IdToken;

    /// <summary>
    /// Finds the pair: at <c>ResponsePath</c>, else at the top, else in the only object below that holds a refresh token. Null where there
    /// are several: taking the wrong one would lose the right one.
    /// </summary>
    public static GrantFields? Find(ResponseDocument response, CredentialSettings settings)
    {
        if (settings.ResponsePath is { } path && response.At(path) is { } pinned && HoldsToken(pinned, settings))
        {
            return new GrantFields(pinned, settings, response.Top);
        }

        if (HasRefreshTokenIn(response.Top, settings))
        {
            return new GrantFields(response.Top, settings);
        }

        var below = response.Below.Where(fields => HasRefreshTokenIn(fields, settings)).ToList();
        var usable = below.Where(fields => RefreshTokenOf(fields, settings) is not null).ToList();
        return usable switch
        {
            [] => new GrantFields(response.Top, settings) { _hasUnusableBelow = below.Count > 0 },
            [var only] => new GrantFields(only, settings, response.Top) { FoundAt = only.Path },
            _ => null,
        };
    }

    private static bool HoldsToken(AnswerFields fields, CredentialSettings settings) =>
        HasRefreshTokenIn(fields, settings) || new GrantFields(fields, settings).Bearer is not null;

    private static string? RefreshTokenOf(AnswerFields fields, CredentialSettings settings) =>
        Names(settings.ResponseFields.RefreshToken, RefreshTokenNames).Select(fields.Text).FirstOrDefault(text => text is not null);

    private static bool HasRefreshTokenIn(AnswerFields fields, CredentialSettings settings) =>
        Names(settings.ResponseFields.RefreshToken, RefreshTokenNames).Any(fields.Has);

    private string? Text(string? own, string[] usual)
    {
        var names = Names(own, usual);
        return names.Select(holder.Text).Concat(names.Select(name => top?.Text(name))).FirstOrDefault(text => text is not null);
    }

    private List<string> Scalars(string? own, string[] usual)
    {
        var names = Names(own, usual);
        var found = names.Select(holder.Scalar).OfType<string>().ToList();
        return found.Count > 0 || top is null ? found : [.. names.Select(top.Scalar).OfType<string>()];
    }

    private static string[] Names(string? own, string[] usual) => own is null ? usual : [own, .. usual];

    /// <summary>Each name as RFC 6749 writes it, as JavaScript does, and as .NET does.</summary>
    private static string[] Spell(params string[] names) =>
        [.. names.SelectMany(name => (string[])[name, JsonNamingPolicy.CamelCase.ConvertName(Pascal(name)), Pascal(name)])];

    private static string Pascal(string name) => string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
