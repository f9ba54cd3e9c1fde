using TokenGateway.Hosting;
using TokenGateway.Tokens.Telemetry;
using Yarp.ReverseProxy.Configuration;

namespace TokenGateway.Proxy;

/// <summary>YARP keeps the old routes when it refuses new ones, and would only log it: this shows it in <c>/healthz</c>.</summary>
internal sealed partial class ProxyReloadListener(ConfigurationHealth health, ILogger<ProxyReloadListener> logger) : IConfigChangeListener
{
    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception) => Refuse(exception);

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs) { }

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception) => Refuse(exception);

    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        health.ProxyProblem = null;
        ProxyReloadListenerLog.Applied(logger);
    }

    private void Refuse(Exception exception)
    {
        var problem = ProxyConfigurationCheck.OneLine(exception);
        health.ProxyProblem = problem;
        ProxyReloadListenerLog.Refused(logger, problem);
    }

    private static partial class ProxyReloadListenerLog
    {
        [LoggerMessage(EventIds.ProxyConfigurationRefused, LogLevel.Error, "The new proxy configuration is refused and the old one stays in force: {Problem}")]
        public static partial void Refused(ILogger logger, string problem);

        [LoggerMessage(EventIds.ProxyConfigurationApplied, LogLevel.Debug, "The proxy configuration is applied.")]
        public static partial void Applied(ILogger logger);
    }
}
