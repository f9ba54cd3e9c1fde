namespace TokenGateway.Tokens.Validation;

/// <summary>What the <c>WWW-Authenticate</c> of a 401 says about the token that it refuses (RFC 6750 §3), in the forms that APIs really send.</summary>
/// <remarks>
/// .NET reads the correct form only: with a comma after the scheme the whole header counts as malformed, and where a comma is missing two parameters become one. So the text is read here,
/// leniently: commas, semicolons and white space all separate, and quoted text is never looked into.
/// </remarks>
internal static class BearerChallenge
{
    /// <summary>Schemes whose errors are not about a bearer token.</summary>
    private static readonly string[] OtherSchemes = ["Basic", "Digest", "Negotiate", "NTLM"];

    /// <summary>RFC 6750 §3.1, and what APIs write in its place.</summary>
    private static readonly string[] DeadTokenErrors = ["invalid_token", "token_expired", "expired_token"];

    /// <summary>True where a challenge calls the token itself dead. A bare 401 may as well mean the caller's rights, or the path.</summary>
    public static bool SaysInvalidToken(HttpResponseMessage response)
    {
        if (response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var challenges))
        {
            foreach (var challenge in challenges)
            {
                if (SaysInvalidToken(challenge))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool SaysInvalidToken(ReadOnlySpan<char> rest)
    {
        var isAboutToken = true; // A proxy may have split the header at its commas: then the scheme stands in another value.
        while (!(rest = rest.TrimStart(" \t,;=")).IsEmpty)
        {
            if (rest[0] is '"')
            {
                // Facebook's way: OAuth "Facebook Platform" "invalid_token" "a description".
                if (isAboutToken && IsDeadTokenError(TakeValue(ref rest)))
                {
                    return true;
                }

                continue;
            }

            var word = Take(ref rest, " \t,;=\"");
            var value = rest.TrimStart(" \t");
            if (value is not ['=', ..])
            {
                isAboutToken = !IsOneOf(word, OtherSchemes);
                continue;
            }

            rest = value[1..].TrimStart(" \t");
            if (IsDeadTokenError(TakeValue(ref rest)) && isAboutToken && word.Equals("error", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A token or a quoted string; of that, what stands between the quotes, as it is written.</summary>
    private static ReadOnlySpan<char> TakeValue(ref ReadOnlySpan<char> rest)
    {
        if (rest is not ['"' or '\'', ..])
        {
            return Take(ref rest, " \t,;");
        }

        var end = 1;
        while (end < rest.Length && rest[end] != rest[0])
        {
            end += rest[end] == '\\' ? 2 : 1;
        }

        var value = rest[1..Math.Min(end, rest.Length)];
        rest = end < rest.Length ? rest[(end + 1)..] : [];
        return value;
    }

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest, ReadOnlySpan<char> separators)
    {
        var end = rest.IndexOfAny(separators);
        var taken = end < 0 ? rest : rest[..end];
        rest = rest[taken.Length..];
        return taken;
    }

    private static bool IsDeadTokenError(ReadOnlySpan<char> value) => IsOneOf(value, DeadTokenErrors);

    private static bool IsOneOf(ReadOnlySpan<char> word, string[] known)
    {
        foreach (var candidate in known)
        {
            if (word.Equals(candidate, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
