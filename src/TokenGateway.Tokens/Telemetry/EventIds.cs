namespace TokenGateway.Tokens.Telemetry;

/// <summary>The ids of log events, which operators filter and alert on: they are never reused. 3000 is storage.</summary>
internal static class EventIds
{
    public const int StorePollFailed = 3000;
    public const int RedisConnectionLost = 3001;
    public const int RedisConnectionRestored = 3002;
    public const int RedisAnnouncementUnreadable = 3003;
}
