using System.Diagnostics;
using k8s;
using k8s.Models;
using TokenGateway.Testing;

namespace TokenGateway.Tests.Deploy;

/// <summary>An overlay as kustomize renders it, read strictly: a field that Kubernetes does not know is an error.</summary>
internal sealed class KubernetesOverlay
{
    public const string SecretsFolder = "/etc/tokengateway-secrets";

    private static readonly Dictionary<string, Type> OtherKinds = new(StringComparer.Ordinal) { ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor) };

    private readonly List<object> _objects;

    public KubernetesOverlay(string name)
    {
        _objects = KubernetesYaml.LoadAllFromString(Render(name), OtherKinds, strict: true);
        Pod = (Find<V1Deployment>()?.Spec.Template ?? Find<V1StatefulSet>()!.Spec.Template).Spec;
        Gateway = (Pod.InitContainers ?? []).Concat(Pod.Containers).Single(container => container.Name == "tokengateway");
    }

    public V1ConfigMap Configuration => Find<V1ConfigMap>()!;

    public V1PodSpec Pod { get; }

    public V1Container Gateway { get; }

    public int Count => _objects.Count;

    /// <summary>Where the gateway finds its configuration: a file of the mounted ConfigMap.</summary>
    public string ConfigurationFile => Gateway.Args[Gateway.Args.IndexOf("--config") + 1];

    public string ConfigurationText => Configuration.Data[Path.GetFileName(ConfigurationFile)];

    /// <summary>The gateway's environment. It takes nothing from elsewhere, so that all of it can be tried.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment => [.. (Gateway.Env ?? []).Select(variable => (variable.Name, variable.Value ?? throw new InvalidOperationException(variable.Name)))];

    public T? Find<T>()
        where T : class => _objects.OfType<T>().SingleOrDefault();

    public IEnumerable<T> All<T>() => _objects.OfType<T>();

    /// <summary>Every file that the configuration or the environment names.</summary>
    public IReadOnlySet<string> SecretFiles => ConfigurationText.Split('"').Concat(Environment.Select(variable => variable.Value))
        .Where(text => text.StartsWith(SecretsFolder, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);

    /// <summary>The gateway's configuration, with every secret that it names.</summary>
    public DeliveredConfiguration CreateConfiguration()
    {
        var configuration = new DeliveredConfiguration(ConfigurationText, SecretsFolder);
        foreach (var file in SecretFiles)
        {
            configuration.WriteSecret(Path.GetFileName(file), SecretOf(Path.GetFileName(file)));
        }

        return configuration;
    }

    /// <summary>The mount that a path of the gateway lies in.</summary>
    public V1VolumeMount MountOf(string path)
    {
        var absolute = Path.GetFullPath(path, "/app");
        return Assert.Single(Gateway.VolumeMounts, mount => absolute.StartsWith(mount.MountPath + "/", StringComparison.Ordinal));
    }

    private static string SecretOf(string name) => name switch
    {
        "redis" => "redis:6379,password=redis_password_1\n",
        "encryption-key" => Convert.ToBase64String(new byte[32]) + "\n",
        _ => name + "_1\n",
    };

    private static string Render(string overlay)
    {
        var start = new ProcessStartInfo("kubectl", ["kustomize", RepositoryFile.PathOf($"deploy/kubernetes/overlays/{overlay}")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var kubectl = Process.Start(start)!;
            var (rendered, errors) = (kubectl.StandardOutput.ReadToEnd(), kubectl.StandardError.ReadToEnd());
            kubectl.WaitForExit();
            return kubectl.ExitCode == 0 ? rendered : throw new InvalidOperationException(errors);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException("These tests render the manifests with 'kubectl kustomize': install kubectl 1.27 or later.", missing);
        }
    }
}
