using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Validation;

/// <summary>
/// Reads an introspection endpoint's answer (RFC 7662 §2.2). Only <c>active</c> speaks of the token; an error, a 401 included, speaks of the client that asked.
/// </summary>
internal static class IntrospectionAnswer
{
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">As received.</param>
    /// <param name="complete">False where the body broke off.</param>
    /// <param name="now">The moment that what is left of a life counts from.</param>
    public static TokenValidation Read(int status, ReadOnlySpan<byte> body, bool complete, DateTimeOffset now)
    {
        var fields = AnswerFields.Read(body);
        if (OAuthError.IsRateLimit(status, fields))
        {
            return TokenValidation.Unknown(OAuthError.RateLimited);
        }

        if (status != 200)
        {
            return TokenValidation.Unknown(ValidateAnswer.Describe(status));
        }

        // A string is no boolean: "false" might as well be a provider's word for something else.
        var active = complete && fields.State == AnswerText.Whole && fields.Text("active") is null ? fields.Scalar("active") : null;
        return active switch
        {
            "true" => TokenValidation.Valid(TokenExpiry.At(fields.Scalar("exp"), now) - now),
            "false" => TokenValidation.Invalid("inactive"),
            _ => TokenValidation.Unknown("unreadable_answer"),
        };
    }
}
