using System.IO.Compression;
using System.Text;
using CsCheck;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Tests.Endpoint;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>
/// A grant in an object or list of its own, under names of its own, packed in some way: what a provider makes of it, and the settings that
/// fit.
/// </summary>
/// <param name="Inner">The grant itself.</param>
/// <param name="Text">The body before it is packed.</param>
/// <param name="RefreshEnd">How many bytes of the text there must be for the refresh token to be whole.</param>
/// <param name="Way">How it is packed, as in <see cref="PackedBody.Ways"/>.</param>
/// <param name="Level">How hard. Without compression the text stands in the body as it is, behind a few bytes.</param>
/// <param name="Settings">Settings that name what is not usual.</param>
internal sealed record WrappedGrant(DressedGrant Inner, string Text, int RefreshEnd, string Way, CompressionLevel Level, CredentialSettings Settings)
{
    private static readonly (string Before, string After, string Path)[] Wraps =
    [
        ("{\"data\":", "}", "data"), ("{\"status\":0,\"body\":", ",\"x\":1}", "body"), ("[", "]", "0"), ("{\"list\":[{\"id\":1},", "]}", "list.1"),
        ("{\"success\":true,\"data\":{\"token\":", "},\"access_token\":\"other\"}", "data.token"), ("", "", ""),
    ];

    private static readonly (string Access, string Refresh, ResponseFields Fields)[] Names =
    [
        ("access_token", "refresh_token", ResponseFields.Usual),
        ("accessToken", "refreshToken", ResponseFields.Usual),
        ("AccessToken", "RefreshToken", ResponseFields.Usual),
        ("token", "renewal", new ResponseFields { AccessToken = "token", RefreshToken = "renewal" }),
    ];

    public static readonly Gen<WrappedGrant> Any =
        from inner in DressedGrant.PlainPair
        from wrap in Gen.OneOf(Wraps)
        from names in Gen.OneOf(Names)
        from pinned in Gen.Bool
        from way in Gen.OneOf(PackedBody.Ways)
        from level in Gen.OneOf(CompressionLevel.SmallestSize, CompressionLevel.Fastest, CompressionLevel.NoCompression)
        let begin = wrap.Before + Renamed(inner.Body.AsSpan(0, inner.RefreshEnd), names)
        let text = begin + Renamed(inner.Body.AsSpan(inner.RefreshEnd), names) + wrap.After
        let settings = TestProvider.Settings() with { ResponseFields = names.Fields, ResponsePath = pinned && wrap.Path.Length > 0 ? wrap.Path : null }
        select new WrappedGrant(inner, text, Encoding.UTF8.GetByteCount(begin), way, level, settings);

    /// <summary>True where a name that comes twice holds an object which looks like a second grant.</summary>
    public bool MayBeAmbiguous => Settings.ResponsePath is null && Text.Contains($"{{\"{NameOf()}\":\"r\"}}", StringComparison.Ordinal);

    public RawAnswer Answer => PackedBody.Answer(Encoding.UTF8.GetBytes(Text), Way, Level);

    public override string ToString() =>
        $"{Way} {Level}, path {Settings.ResponsePath}, {Settings.ResponseFields}: {Property.Print(Encoding.UTF8.GetBytes(Text))}";

    private string NameOf() => Names.Select(name => name.Refresh).First(name => Text.Contains($"\"{name}\":", StringComparison.Ordinal));

    /// <summary>A mark may only stand at the beginning of a text.</summary>
    private static string Renamed(ReadOnlySpan<byte> text, (string Access, string Refresh, ResponseFields Fields) names) =>
        Encoding.UTF8.GetString(text).TrimStart('\uFEFF')
        .Replace("\"access_token\":", $"\"{names.Access}\":", StringComparison.Ordinal)
        .Replace("\"refresh_token\":", $"\"{names.Refresh}\":", StringComparison.Ordinal);
}
