namespace TokenGateway.Hosting;

/// <summary>Ids of the executable's log events, the 5000s. They are stable: alerts and log searches rely on them.</summary>
internal static class GatewayEventIds
{
    public const int Started = 5001;
    public const int DrainBegun = 5002;
    public const int DrainEnded = 5003;
    public const int ConfigurationFileUnreadable = 5101;
    public const int ProxyConfigurationRefused = 5102;
    public const int ProxyConfigurationApplied = 5103;
    public const int TokenLookupFailed = 5201;
    public const int RequestRefused = 5202;
    public const int ManagementCallFailed = 5301;
}
