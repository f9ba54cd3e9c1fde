using System.Text;
using CsCheck;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>A provider's grant, written in one of the many ways that all say the same.</summary>
/// <param name="Access">The access token that it grants.</param>
/// <param name="Refresh">The refresh token that it grants; null where the old one stays.</param>
/// <param name="Text">The body.</param>
/// <param name="AccessEnd">How many bytes of the body there must be for the access token to be whole.</param>
/// <param name="RefreshEnd">The same for the refresh token.</param>
internal sealed record DressedGrant(string Access, string? Refresh, string Text, int AccessEnd, int RefreshEnd)
{
    /// <summary>Long enough that none is found in a text by chance.</summary>
    private static readonly Gen<string> AccessToken = Token(Gen.Char['!', '~']);

    private static readonly Gen<string> RefreshToken = Token(Gen.Char[' ', '~']);

    private static readonly string[] Expiries =
        ["expires_in", "access_token_expiry", "refresh_token_expires_in", "refresh_expires_in", "refresh_token_expiry"];

    private static readonly Gen<string> Noise = NoiseOf(JsonDress.Value);

    private static Gen<string> NoiseOf(Gen<string> values) => Gen.OneOf(
        Gen.Select(Gen.OneOf(Expiries), JsonDress.Expiry).Select(Member),
        Gen.Select(Gen.OneOf("token_type", "scope", "", "Refresh_Token", "refresh_token ", "id_token", "x"), values).Select(Member),
        Gen.OneOf("\"error\":null", "\"error\":\"\"", "\"success\":1", "\"success\":true"));

    /// <summary>What an error in the middle of a grant may look like: the pair is there all the same.</summary>
    private static readonly Gen<string> Contradiction = Gen.OneOf(
        "\"error\":\"none\"", "\"error\":{}", "\"error\":\"invalid_grant\"", "\"success\":0", "\"success\":\"false\"", "\"error\":0");

    /// <summary>Names that come twice, first with what nobody could use.</summary>
    private static readonly Gen<string> Unusable = Gen.OneOf(
        "\"refresh_token\":null", "\"refresh_token\":\"\"", "\"refresh_token\":17", "\"refresh_token\":{\"refresh_token\":\"r\"}", "\"access_token\":[]");

    /// <summary>The same after the real one: a value that there is does not give way to one that there is not.</summary>
    private static readonly Gen<string> Afterthought = Gen.OneOf(
        "\"refresh_token\":null", "\"refresh_token\":\"\"", "\"refresh_token\":[]", "\"access_token\":\"\"", "\"access_token\":{}");

    /// <summary>Grants of a pair.</summary>
    public static readonly Gen<DressedGrant> Pair = Of(RefreshToken.Select(token => (string?)token), Gen.OneOf(NoiseOf(JsonDress.ValueWithRefreshToken), Contradiction));

    /// <summary>Grants of a pair without a word of an error, and with nothing before the refresh token that could be taken for it.</summary>
    public static readonly Gen<DressedGrant> PlainPair = Of(RefreshToken.Select(token => (string?)token), Noise);

    /// <summary>Grants after which the old refresh token stays.</summary>
    public static readonly Gen<DressedGrant> AccessTokenOnly = Of(Gen.Const((string?)null), Noise);

    public byte[] Body => Encoding.UTF8.GetBytes(Text);

    public override string ToString() => Property.Print(Body);

    private static Gen<DressedGrant> Of(Gen<string?> refreshTokens, Gen<string> noise) =>
        from access in AccessToken
        from refresh in refreshTokens
        from before in noise.List[0, 3]
        from unusable in (refresh is null ? Gen.OneOf("\"refresh_token\":null", "\"refresh_token\":\"\"") : Unusable).List[0, 1]
        from accessText in JsonDress.Text(access)
        from refreshText in JsonDress.Text(refresh ?? "")
        from swapped in Gen.Bool
        from between in noise.List[0, 2]
        from after in (refresh is null ? noise : Gen.OneOf(noise, Afterthought)).List[0, 3]
        from blanks in JsonDress.Blank.List[24]
        from mark in Gen.Bool
        from comma in Gen.Bool
        let tokens = new Tokens(Member("access_token", accessText), refresh is null ? null : Member("refresh_token", refreshText))
        let text = Write([.. before, .. unusable, .. tokens.Around(between, swapped), .. after], blanks, mark, comma)
        select new DressedGrant(access, refresh, text, End(text, tokens.Access), End(text, tokens.Refresh));

    private static Gen<string> Token(Gen<char> characters) => characters.Array[8, 40].Select(tail => "tok_" + new string(tail));

    private static string Member(string name, string value) => $"\"{name}\":{value}";

    private static int End(string text, string? member) => member is null
        ? 0
        : Encoding.UTF8.GetByteCount(text.AsSpan(0, text.IndexOf(member, StringComparison.Ordinal) + member.Length));

    private static string Write(List<string> members, List<string> blanks, bool mark, bool comma)
    {
        var next = 0;
        string Blank() => blanks[next++ % blanks.Count];
        var text = new StringBuilder(mark ? "\uFEFF" : "").Append(Blank()).Append('{');
        text.AppendJoin(',', members.Select(member => Blank() + member + Blank()));
        return text.Append(comma ? "," : "").Append(Blank()).Append('}').Append(Blank()).ToString();
    }

    private sealed record Tokens(string Access, string? Refresh)
    {
        public IEnumerable<string> Around(List<string> between, bool swapped) => Refresh is null ? [Access, .. between]
            : swapped ? [Refresh, .. between, Access]
            : [Access, .. between, Refresh];
    }
}
