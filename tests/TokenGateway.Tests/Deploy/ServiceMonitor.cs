using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace TokenGateway.Tests.Deploy;

/// <summary>The Prometheus Operator's kind, with the fields that are used here (prometheus-operator.dev/docs/api-reference).</summary>
public sealed class ServiceMonitor : IKubernetesObject<V1ObjectMeta>
{
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = "";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "";

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("spec")]
    public ServiceMonitorSpec Spec { get; set; } = new();
}

/// <summary>Which services are scraped, and how.</summary>
public sealed class ServiceMonitorSpec
{
    [JsonPropertyName("jobLabel")]
    public string JobLabel { get; set; } = "";

    [JsonPropertyName("selector")]
    public V1LabelSelector Selector { get; set; } = new();

    [JsonPropertyName("endpoints")]
    public IList<ServiceMonitorEndpoint> Endpoints { get; set; } = [];
}

/// <summary>One port of a service.</summary>
public sealed class ServiceMonitorEndpoint
{
    [JsonPropertyName("port")]
    public string Port { get; set; } = "";

    [JsonPropertyName("path")]
    public string Path { get; set; } = "";

    [JsonPropertyName("interval")]
    public string Interval { get; set; } = "";
}
