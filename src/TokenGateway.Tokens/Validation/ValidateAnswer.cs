using System.Globalization;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Validation;

/// <summary>Reads a validate endpoint's answer. The body decides as well as the status: a 200 can carry an error.</summary>
internal static class ValidateAnswer
{
    private const string TokenError = "auth.token_error";

    private static readonly HashSet<string> InvalidErrors = new(StringComparer.Ordinal) { "invalid_token", "invalid_request" };

    /// <summary>The verdict; anything that does not clearly speak of the token is unknown.</summary>
    public static TokenValidation Read(int status, ReadOnlySpan<byte> body, bool complete, ExpiryUnit unit)
    {
        var fields = AnswerFields.Read(body);
        if (status >= 500)
        {
            return TokenValidation.Unknown(Describe(status));
        }

        if (OAuthError.IsRateLimit(status, fields))
        {
            return TokenValidation.Unknown(OAuthError.RateLimited);
        }

        if (FindInvalid(status, fields) is { } reason)
        {
            return TokenValidation.Invalid(reason);
        }

        return status is < 200 or > 299 ? TokenValidation.Unknown(Describe(status))
            : !complete || fields.State != AnswerText.Whole ? TokenValidation.Unknown("unreadable_answer")
            : OAuthError.IsIn(fields) ? TokenValidation.Unknown("unknown_error")
            : TokenValidation.Valid(TokenExpiry.Remaining(fields.Scalar("expires_in") ?? fields.Scalar("expires_in_seconds"), unit));
    }

    private static string? FindInvalid(int status, AnswerFields fields)
    {
        if (fields.Text("error") is { } error && InvalidErrors.Contains(error))
        {
            return error;
        }

        return fields.SaysNoSuccess && string.Equals(fields.Text("error_message_id"), TokenError, StringComparison.Ordinal) ? TokenError
            : status == 401 ? Describe(status)
            : null;
    }

    public static string Describe(int status) =>
        (status is >= 300 and <= 399 ? "redirect_" : "http_") + status.ToString(CultureInfo.InvariantCulture);
}
