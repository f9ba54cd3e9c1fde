using OpenTelemetry.Resources;

namespace TokenGateway.Telemetry;

/// <summary>Whose signals these are. <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> win over what stands here.</summary>
internal static class GatewayResource
{
    public static string Version { get; } = typeof(GatewayResource).Assembly.GetName().Version?.ToString(3) ?? "";

    public static void Describe(ResourceBuilder resource) => resource
        .AddService("tokengateway", serviceVersion: Version)
        .AddEnvironmentVariableDetector();
}
