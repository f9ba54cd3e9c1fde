namespace TokenGateway.Tokens.Validation;

/// <summary>A validate endpoint that gives no verdict: for a moment, or because it is one that cannot.</summary>
internal static class MissingVerdict
{
    /// <summary>So many in a row are no accident: a problem is shown.</summary>
    public const int Several = 3;

    /// <summary>
    /// True where asking again will not help: the endpoint is not there, does not accept this client, or says something that is not understood. False for what passes: a timeout, a
    /// rate limit, an endpoint that is down.
    /// </summary>
    /// <param name="reason">The <see cref="TokenValidation.Reason"/> of an unknown verdict.</param>
    public static bool IsLasting(string? reason) => reason switch
    {
        "http_408" or "http_425" => false,
        "unreadable_answer" or "unknown_error" => true,
        _ => reason is not null && (reason.StartsWith("http_4", StringComparison.Ordinal) || reason.StartsWith("redirect_", StringComparison.Ordinal)),
    };
}
