namespace TokenGateway.Tokens.Telemetry;

/// <summary>The values of labels, as alerts and dashboards spell them.</summary>
internal static class Labels
{
    public static string Of(RotationOutcome outcome) => outcome switch
    {
        RotationOutcome.Rotated => "rotated",
        RotationOutcome.NotSent => "not_sent",
        RotationOutcome.Refused => "refused",
        RotationOutcome.Rejected => "rejected",
        RotationOutcome.InDoubt => "in_doubt",
        RotationOutcome.StoreUnavailable => "store_unavailable",
        RotationOutcome.TakenOver => "taken_over",
        RotationOutcome.Forbidden => "forbidden",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    public static string Of(CredentialState state) => state switch
    {
        CredentialState.Unseeded => "unseeded",
        CredentialState.Active => "active",
        CredentialState.Rotating => "rotating",
        CredentialState.InDoubt => "in_doubt",
        CredentialState.ReauthorizationRequired => "reauthorization_required",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Of(ValidationVerdict verdict) => verdict switch
    {
        ValidationVerdict.Valid => "valid",
        ValidationVerdict.Invalid => "invalid",
        ValidationVerdict.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    public static string Of(TokenFailureCode code) => code switch
    {
        TokenFailureCode.TokenUnavailable => "token_unavailable",
        TokenFailureCode.StoreUnavailable => "store_unavailable",
        TokenFailureCode.RotationInDoubt => "rotation_in_doubt",
        TokenFailureCode.ReauthorizationRequired => "reauthorization_required",
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };

    public static string Of(RetryOutcome outcome) => outcome switch
    {
        RetryOutcome.Succeeded => "succeeded",
        RetryOutcome.Unauthorized => "unauthorized",
        RetryOutcome.Failed => "failed",
        RetryOutcome.NotReplayable => "not_replayable",
        RetryOutcome.NoNewerToken => "no_newer_token",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
