using System.Text;
using CsCheck;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>All the ways in which JSON may say the same thing: blanks, comments, escapes, and values that nobody asked for.</summary>
internal static class JsonDress
{
    /// <summary>What an expiry may look like that a provider got wrong, or right. JSON, as it stands in an answer.</summary>
    public static readonly Gen<string> Expiry = Gen.OneOf(
        Gen.Long[0, 20_000_000_000].Select(number => $"{number}"),
        Gen.Long.Select(number => $"\"{number}\""),
        Gen.Double.Special.Select(number => $"\"{number:R}\""),
        Gen.Double[-1e6, 1e15].Select(number => FormattableString.Invariant($"{number:R}")),
        Gen.OneOf("0", "-1", "1e400", "1e-400", "0.0004", "\"\"", "\" 60 \"", "\"0x10\"", "\"1,000\"", "\"soon\"", "\"∞\"", "null", "true",
            "[]", "{}", "[3600]", "{\"seconds\":3600}", "99999999999999999999999999", "\"2026-01-01T00:00:00Z\"", "9223372036854775807"));

    /// <summary>Between two words of JSON.</summary>
    public static readonly Gen<string> Blank = Gen.Frequency(
        (12, Gen.Const("")),
        (4, Gen.OneOf(" ", "\t", "\r\n", "\n\n  ")),
        (1, Gen.OneOf("/* { */", "//\"refresh_token\":\"no\"\n", "/**/")));

    private static readonly Gen<string> Leaf = Gen.OneOf(
        Gen.OneOf("null", "true", "false", "0", "-1.5e3", "\"\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"refresh_token\"", "\"}\"", "[]", "{}"),
        Gen.String["abc{}[]:,/ "].Select(text => $"\"{text}\""));

    /// <summary>Any value, in which names that matter mean nothing, since they are not at the top.</summary>
    public static readonly Gen<string> Value = ValueWith("access_token", "error", "data", "");

    /// <summary>The same with refresh tokens in it, which count where there is none at the top.</summary>
    public static readonly Gen<string> ValueWithRefreshToken = ValueWith("refresh_token", "access_token", "error", "data", "");

    private static Gen<string> ValueWith(params string[] names) => Gen.Recursive<string>((depth, self) => depth > 3
        ? Leaf
        : Gen.Frequency(
            (4, Leaf),
            (1, self.List[0, 3].Select(values => $"[{string.Join(',', values)}]")),
            (1, Gen.Select(Gen.OneOf(names), self).Select((name, value) => $"{{\"{name}\":{value}}}"))));

    /// <summary>A string of JSON, each of its characters plain or escaped.</summary>
    public static Gen<string> Text(string text) =>
        Gen.Int[0, 9].List[text.Length].Select(ways =>
        {
            var json = new StringBuilder("\"");
            for (var i = 0; i < text.Length; i++)
            {
                json.Append(Escaped(text[i], ways[i]));
            }

            return json.Append('"').ToString();
        });

    private static string Escaped(char c, int way) =>
        way == 0 || c < ' ' ? $"\\u{(int)c:x4}"
        : c == '/' && way < 5 ? "\\/"
        : c is '"' or '\\' ? $"\\{c}"
        : c.ToString();
}
