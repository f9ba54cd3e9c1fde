using OpenTelemetry.Resources;

namespace TokenGateway.Telemetry;

/// <summary>Whose signals these are. <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> win over what stands here.</summary>
internal static class GatewayResource
{
    public static void Describe(ResourceBuilder resource) => resource
        .AddService("tokengateway", serviceVersion: typeof(GatewayResource).Assembly.GetName().Version?.ToString(3))
        .AddEnvironmentVariableDetector();
}
