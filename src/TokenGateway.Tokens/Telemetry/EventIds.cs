namespace TokenGateway.Tokens.Telemetry;

/// <summary>Ids of log events. They are stable: alerts and log searches rely on them.</summary>
internal static class EventIds
{
    // 2000s: token and validate endpoints
    public const int TokenRequestNotSent = 2001;
    public const int TokenRequestAnswered = 2002;
    public const int TokenRequestLost = 2003;
    public const int ValidationUnknown = 2101;
    public const int ValidationInvalid = 2102;
}
