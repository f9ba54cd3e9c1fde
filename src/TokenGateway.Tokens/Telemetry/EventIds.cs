namespace TokenGateway.Tokens.Telemetry;

/// <summary>Stable event ids: operators alert on them, so a number is never used twice.</summary>
internal static class EventIds
{
    public const int Rotated = 1000;
    public const int RotationRefused = 1002;
    public const int RotationRejected = 1003;
    public const int RotationInDoubt = 1004;
    public const int StoreUnavailable = 1005;
    public const int StoreProblem = 1006;
    public const int SeedAdopted = 1010;
    public const int SeedRefused = 1011;
    public const int CommitPending = 1021;
    public const int EndPending = 1023;
    public const int BindingChanged = 1022;
    public const int AgentFailed = 1030;
    public const int HistoryNotWritten = 1031;
    public const int TokenFoundInvalid = 1040;
}
