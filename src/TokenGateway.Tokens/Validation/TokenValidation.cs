namespace TokenGateway.Tokens.Validation;

/// <summary>What a validate endpoint said about an access token.</summary>
/// <param name="Verdict">Only <see cref="ValidationVerdict.Invalid"/> condemns a token.</param>
/// <param name="Remaining">The token's remaining life, above zero; null where the endpoint does not say.</param>
/// <param name="Reason">Why the verdict is not <see cref="ValidationVerdict.Valid"/>: a code from a closed set, without secrets.</param>
internal sealed record TokenValidation(ValidationVerdict Verdict, TimeSpan? Remaining, string? Reason)
{
    public static TokenValidation Valid(TimeSpan? remaining) => new(ValidationVerdict.Valid, remaining, null);

    public static TokenValidation Invalid(string reason) => new(ValidationVerdict.Invalid, null, reason);

    public static TokenValidation Unknown(string reason) => new(ValidationVerdict.Unknown, null, reason);
}
