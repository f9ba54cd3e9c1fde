using System.Xml.Linq;
using k8s.Models;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tests.Deploy;

public sealed class SidecarTests : IDisposable
{
    // What Kubernetes grants a pod that asks for nothing; the service beside the gateway ends first.
    private static readonly TimeSpan ServiceShutdown = TimeSpan.FromSeconds(30);

    private readonly SidecarManifest _manifest = new();
    private readonly DeliveredConfiguration _configuration;

    public SidecarTests() => _configuration = _manifest.CreateConfiguration();

    public void Dispose() => _configuration.Dispose();

    [Fact]
    public async Task Configuration_passes_the_gateways_own_check()
    {
        var settings = await _configuration.CheckAsync();

        Assert.Equal(StoreKind.Redis, settings.Tokens.Store.Kind);
        Assert.True(_manifest.Deployment.Spec.Replicas > 1);
        Assert.All(settings.Gateway.ProxyAddresses, address => Assert.True(address.IsLoopback));
        Assert.True(settings.Gateway.Management.ApiKey.IsConfigured);
    }

    [Fact]
    public async Task Probes_ask_the_management_listener()
    {
        var management = new Uri((await _configuration.CheckAsync()).Gateway.Management.Url);
        var gateway = _manifest.Gateway;
        (V1Probe Probe, string Path)[] probes =
            [(gateway.StartupProbe, "/startupz"), (gateway.LivenessProbe, "/livez"), (gateway.ReadinessProbe, "/readyz")];

        Assert.Equal("0.0.0.0", management.Host);
        Assert.All(probes, expected =>
        {
            Assert.Equal(expected.Path, expected.Probe.HttpGet.Path);
            var port = gateway.Ports.Single(port => port.Name == expected.Probe.HttpGet.Port.Value);
            Assert.Equal(management.Port, port.ContainerPort);
        });
    }

    [Fact]
    public async Task Grace_period_covers_the_service_and_then_the_gateways_drain()
    {
        var settings = await _configuration.CheckAsync();

        var drain = settings.Gateway.ShutdownDelay + settings.Gateway.DrainTimeout + settings.Tokens.Store.OperationTimeout
            + settings.Tokens.Credentials.Values.Max(credential => credential.TokenEndpointTimeout);

        Assert.InRange(_manifest.Pod.TerminationGracePeriodSeconds ?? 0, (ServiceShutdown + drain).TotalSeconds + 1, 600);
    }

    [Fact]
    public async Task Every_file_of_the_configuration_lies_in_a_volume()
    {
        var settings = await _configuration.CheckAsync();
        var files = _manifest.Configuration.Data["appsettings.json"].Split('"')
            .Where(text => text.StartsWith(SidecarManifest.SecretsFolder, StringComparison.Ordinal)).ToList();

        Assert.Equal(5, files.Count);
        Assert.All(files, file =>
        {
            var (mount, volume) = _manifest.VolumeOf(file);
            Assert.True(mount.ReadOnlyProperty);
            Assert.Equal("tokengateway", volume.Secret.SecretName);
            Assert.Contains($"--from-file={Path.GetFileName(file)}", _manifest.Text, StringComparison.Ordinal);
        });
        Assert.Equal(_manifest.Configuration.Metadata.Name, _manifest.VolumeOf(_manifest.ConfigurationFile).Volume.ConfigMap.Name);

        var (journal, data) = _manifest.VolumeOf(settings.Tokens.Store.JournalPath);
        Assert.NotEqual(true, journal.ReadOnlyProperty);
        Assert.NotNull(data.EmptyDir);
    }

    [Fact]
    public void Gateway_is_a_native_sidecar_of_a_fixed_version()
    {
        Assert.Equal("Always", _manifest.Gateway.RestartPolicy);
        Assert.Equal("run", _manifest.Gateway.Args[0]);
        Assert.EndsWith(":" + ProductVersion(), _manifest.Gateway.Image, StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_have_no_power_that_they_do_not_need()
    {
        var pod = _manifest.Pod.SecurityContext;
        Assert.Equal((true, 1654, "RuntimeDefault"), (pod.RunAsNonRoot, pod.RunAsUser, pod.SeccompProfile.Type));
        Assert.False(_manifest.Pod.AutomountServiceAccountToken);
        Assert.All([_manifest.Gateway, _manifest.Service], container =>
        {
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.True(container.Resources.Limits.ContainsKey("memory"));
        });
    }

    [Fact]
    public async Task Service_calls_a_route_of_the_proxy()
    {
        var settings = await _configuration.CheckAsync();

        var url = _manifest.Service.Env.Single().Value;

        Assert.Equal($"{settings.Gateway.ProxyAddresses.Single().Address}/{settings.Tokens.Credentials.Keys.Single()}/", url);
    }

    [Fact]
    public void Image_carries_the_products_version_and_nothing_secret()
    {
        var dockerfile = RepositoryFile.Read("Dockerfile");

        Assert.Contains($"ARG VERSION={ProductVersion()}\n", dockerfile, StringComparison.Ordinal);
        Assert.Contains("\nUSER $APP_UID\n", dockerfile, StringComparison.Ordinal);
        Assert.StartsWith("# Only what the image is made from.\n*\n", RepositoryFile.Read(".dockerignore"), StringComparison.Ordinal);
    }

    private static string ProductVersion() =>
        XDocument.Parse(RepositoryFile.Read("Directory.Build.props")).Descendants("Version").Single().Value;
}
