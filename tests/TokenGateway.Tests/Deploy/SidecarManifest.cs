using k8s;
using k8s.Models;
using TokenGateway.Testing;

namespace TokenGateway.Tests.Deploy;

/// <summary>The Kubernetes manifest, read strictly: a field that Kubernetes does not know is an error.</summary>
internal sealed class SidecarManifest
{
    public const string SecretsFolder = "/etc/tokengateway-secrets";

    public SidecarManifest()
    {
        Text = RepositoryFile.Read("deploy/kubernetes/sidecar.yaml");
        var objects = KubernetesYaml.LoadAllFromString(Text, typeMap: null, strict: true);
        Configuration = objects.OfType<V1ConfigMap>().Single();
        Deployment = objects.OfType<V1Deployment>().Single();
        Assert.Equal(2, objects.Count);
    }

    public string Text { get; }

    public V1ConfigMap Configuration { get; }

    public V1Deployment Deployment { get; }

    public V1PodSpec Pod => Deployment.Spec.Template.Spec;

    public V1Container Gateway => Pod.InitContainers.Single();

    public V1Container Service => Pod.Containers.Single();

    /// <summary>Where the gateway finds its configuration: a file of the mounted ConfigMap.</summary>
    public string ConfigurationFile => Gateway.Args[Gateway.Args.IndexOf("--config") + 1];

    /// <summary>The gateway's configuration, with every secret that it names.</summary>
    public DeliveredConfiguration CreateConfiguration()
    {
        var configuration = new DeliveredConfiguration(Configuration.Data[Path.GetFileName(ConfigurationFile)], SecretsFolder);
        configuration.WriteSecret("redis", "redis:6379,password=redis_password_1\n");
        configuration.WriteSecret("encryption-key", Convert.ToBase64String(new byte[32]) + "\n");
        configuration.WriteSecret("management-key", "management_key_1\n");
        configuration.WriteSecret("client-secret", "client_secret_1\n");
        configuration.WriteSecret("refresh-token", "refresh_token_1\n");
        return configuration;
    }

    /// <summary>The mount that a path of the gateway lies in.</summary>
    public (V1VolumeMount Mount, V1Volume Volume) VolumeOf(string path)
    {
        var absolute = Path.GetFullPath(path, "/app");
        var mount = Assert.Single(Gateway.VolumeMounts, mount => absolute.StartsWith(mount.MountPath + "/", StringComparison.Ordinal));
        return (mount, Pod.Volumes.Single(volume => volume.Name == mount.Name));
    }
}
