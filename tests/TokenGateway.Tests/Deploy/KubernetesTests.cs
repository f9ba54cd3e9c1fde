using System.Xml.Linq;
using k8s.Models;
using TokenGateway.Configuration;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tests.Deploy;

/// <summary>What holds for a gateway in Kubernetes, beside a service or on its own.</summary>
public sealed class KubernetesTests
{
    /// <summary>What Kubernetes grants a pod that asks for nothing; a service beside the gateway ends first.</summary>
    private static readonly TimeSpan ServiceShutdown = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Overlays => ["sidecar", "standalone"];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Configuration_passes_the_gateways_own_check(string overlay)
    {
        var settings = await CheckAsync(new KubernetesOverlay(overlay));

        Assert.Equal(StoreKind.Redis, settings.Tokens.Store.Kind);
        Assert.True(settings.Gateway.Management.ApiKey.IsConfigured);
        Assert.All(settings.Gateway.ProxyAddresses, address => Assert.Equal(overlay == "sidecar", address.IsLoopback));
        Assert.Equal(overlay == "standalone", settings.Gateway.Inbound.ApiKeys.Count > 0);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Probes_ask_the_management_listener(string overlay)
    {
        var manifest = new KubernetesOverlay(overlay);
        var management = new Uri((await CheckAsync(manifest)).Gateway.Management.Url);
        var gateway = manifest.Gateway;
        (V1Probe Probe, string Path)[] probes = [(gateway.StartupProbe, "/startupz"), (gateway.LivenessProbe, "/livez"), (gateway.ReadinessProbe, "/readyz")];

        Assert.All(probes, expected =>
        {
            Assert.Equal(expected.Path, expected.Probe.HttpGet.Path);
            Assert.Equal(management.Port, gateway.Ports.Single(port => port.Name == expected.Probe.HttpGet.Port.Value).ContainerPort);
        });
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Grace_period_covers_the_service_and_then_the_gateways_drain(string overlay)
    {
        var manifest = new KubernetesOverlay(overlay);
        var settings = await CheckAsync(manifest);

        var drain = settings.Gateway.ShutdownDelay + settings.Gateway.DrainTimeout + settings.Tokens.Store.OperationTimeout
            + settings.Tokens.Credentials.Values.Max(credential => credential.TokenEndpointTimeout);
        var before = overlay == "sidecar" ? ServiceShutdown : TimeSpan.Zero;

        Assert.InRange(manifest.Pod.TerminationGracePeriodSeconds ?? 0, (before + drain).TotalSeconds + 1, 600);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_file_that_is_named_lies_in_a_volume(string overlay)
    {
        var manifest = new KubernetesOverlay(overlay);
        var settings = await CheckAsync(manifest);
        var howTo = RepositoryFile.Read("deploy/kubernetes/README.md");

        Assert.True(manifest.SecretFiles.Count >= 5);
        Assert.All(manifest.SecretFiles, file =>
        {
            var mount = manifest.MountOf(file);
            Assert.True(mount.ReadOnlyProperty);
            Assert.Equal("tokengateway", manifest.Pod.Volumes.Single(volume => volume.Name == mount.Name).Secret.SecretName);
            Assert.Contains($"--from-file={Path.GetFileName(file)}", howTo, StringComparison.Ordinal);
        });
        var configuration = manifest.MountOf(manifest.ConfigurationFile);
        Assert.Equal(manifest.Configuration.Metadata.Name, manifest.Pod.Volumes.Single(volume => volume.Name == configuration.Name).ConfigMap.Name);
        Assert.NotEqual(true, manifest.MountOf(settings.Tokens.Store.JournalPath).ReadOnlyProperty);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Containers_have_no_power_that_they_do_not_need(string overlay)
    {
        var manifest = new KubernetesOverlay(overlay);
        var pod = manifest.Pod.SecurityContext;

        Assert.Equal((true, 1654, "RuntimeDefault"), (pod.RunAsNonRoot, pod.RunAsUser, pod.SeccompProfile.Type));
        Assert.False(manifest.Pod.AutomountServiceAccountToken);
        Assert.All((manifest.Pod.InitContainers ?? []).Concat(manifest.Pod.Containers), container =>
        {
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.True(container.Resources.Limits.ContainsKey("memory"));
        });
        Assert.Equal("run", manifest.Gateway.Args[0]);
        Assert.EndsWith(":" + ProductVersion(), manifest.Gateway.Image, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sidecar_starts_before_its_service_and_ends_after_it()
    {
        var manifest = new KubernetesOverlay("sidecar");
        var settings = await CheckAsync(manifest);

        Assert.Equal("Always", manifest.Gateway.RestartPolicy);
        Assert.Same(manifest.Gateway, manifest.Pod.InitContainers.Single());
        Assert.Equal($"{settings.Gateway.ProxyAddresses.Single().Address}/{settings.Tokens.Credentials.Keys.Single()}/", manifest.Pod.Containers.Single().Env.Single().Value);
        Assert.NotNull(manifest.Pod.Volumes.Single(volume => volume.Name == manifest.MountOf(settings.Tokens.Store.JournalPath).Name).EmptyDir);
        Assert.True(manifest.Find<V1Deployment>()!.Spec.Replicas > 1);
    }

    [Fact]
    public async Task Standalone_keeps_its_journal_and_is_reached_scraped_and_drained_by_its_own_labels()
    {
        var manifest = new KubernetesOverlay("standalone");
        var set = manifest.Find<V1StatefulSet>()!;
        var labels = set.Spec.Template.Metadata.Labels;
        var services = manifest.All<V1Service>().ToList();
        var monitor = manifest.Find<ServiceMonitor>()!;

        var journal = manifest.MountOf((await CheckAsync(manifest)).Tokens.Store.JournalPath);
        Assert.Equal(journal.Name, Assert.Single(set.Spec.VolumeClaimTemplates).Metadata.Name);
        Assert.True(set.Spec.Replicas > 1);
        Assert.Contains(services, service => service.Metadata.Name == set.Spec.ServiceName && service.Spec.ClusterIP == "None");
        Assert.All(services, service => Assert.Subset(labels.ToHashSet(), service.Spec.Selector.ToHashSet()));
        Assert.All(services.SelectMany(service => service.Spec.Ports), port => Assert.Contains(manifest.Gateway.Ports, own => own.Name == port.TargetPort.Value));
        Assert.Equal(labels, manifest.Find<V1PodDisruptionBudget>()!.Spec.Selector.MatchLabels);
        Assert.Equal(labels, manifest.Find<V1NetworkPolicy>()!.Spec.PodSelector.MatchLabels);
        var scraped = Assert.Single(services, service => monitor.Spec.Selector.MatchLabels.All(label => service.Metadata.Labels.Contains(label)));
        Assert.Equal(scraped.Spec.Ports.Single().Name, monitor.Spec.Endpoints.Single().Port);
        Assert.Equal(7, manifest.Count);
    }

    [Fact]
    public void Image_carries_the_products_version_and_nothing_secret()
    {
        var dockerfile = RepositoryFile.Read("Dockerfile");

        Assert.Contains($"ARG VERSION={ProductVersion()}\n", dockerfile, StringComparison.Ordinal);
        Assert.Contains($"image: tokengateway:{ProductVersion()}\n", RepositoryFile.Read("deploy/compose/compose.yaml"), StringComparison.Ordinal);
        Assert.Contains("\nUSER $APP_UID\n", dockerfile, StringComparison.Ordinal);
        Assert.Contains(" DOTNET_EnableDiagnostics=0 ", dockerfile, StringComparison.Ordinal);
        Assert.Contains(" DOTNET_DbgEnableMiniDump=0\n", dockerfile, StringComparison.Ordinal);
        Assert.StartsWith("# Only what the image is made from.\n*\n", RepositoryFile.Read(".dockerignore"), StringComparison.Ordinal);
    }

    private static async Task<StartupSettings> CheckAsync(KubernetesOverlay manifest)
    {
        using var configuration = manifest.CreateConfiguration();
        return await configuration.CheckAsync([.. manifest.Environment.Select(variable => (
            variable.Name.Replace("__", ":", StringComparison.Ordinal),
            variable.Value.Replace(KubernetesOverlay.SecretsFolder, configuration.Folder, StringComparison.Ordinal)))]);
    }

    private static string ProductVersion() =>
        XDocument.Parse(RepositoryFile.Read("Directory.Build.props")).Descendants("Version").Single().Value;
}
