using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;
using TokenGateway.Simulator;
using TokenGateway.Testing;
using TokenGateway.Tests.EndToEnd;

namespace TokenGateway.Tests.Deploy;

/// <summary>
/// The gateway, started with the manifests' own arguments, environment and configuration: the image that TOKENGATEWAY_IMAGE names, with the manifests' mounts and security context,
/// or else the published executable, on folders laid out like the mounts. What differs is where provider, upstream and Redis are, and that the system chooses the ports.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class KubernetesRunTests : IDisposable
{
    private static readonly string? Image = System.Environment.GetEnvironmentVariable("TOKENGATEWAY_IMAGE");

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("tokengateway-pod-");

    public void Dispose()
    {
        if (Image is not null)
        {
            // What the test has not ended itself.
            using var docker = Process.Start("docker", ["rm", "-f", _root.Name]);
            docker.WaitForExit();
        }

        _root.Delete(recursive: true);
    }

    [Theory]
    [InlineData("sidecar", HttpStatusCode.OK)]
    [InlineData("standalone", HttpStatusCode.Forbidden)]
    public async Task Gateway_serves_as_the_manifest_starts_it(string overlay, HttpStatusCode withoutKey)
    {
        var manifest = new KubernetesOverlay(overlay);
        await using var redis = await RedisServer.StartSharedAsync();
        await using var simulator = await SimulatorHost.StartAsync();
        Write(manifest.ConfigurationFile, InFolder(manifest.ConfigurationText));
        foreach (var file in manifest.SecretFiles)
        {
            Write(file, SecretOf(Path.GetFileName(file), redis, simulator));
        }

        Assert.Equal(["run", "--config", manifest.ConfigurationFile], manifest.Gateway.Args);
        var environment = Environment(manifest, simulator);
        await using var gateway = Image is null
            ? await GatewayProcess.StartAsync(PathOf(manifest.ConfigurationFile), environment)
            : await GatewayProcess.StartAsync(Container(manifest, environment));
        await UntilReadyAsync(gateway, new Uri(gateway.Management, manifest.Gateway.ReadinessProbe.HttpGet.Path));
        using var anonymous = await gateway.GetAsync("/plum/api/hello");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Proxy, "/plum/api/hello"));
        request.Headers.Add("TokenGateway-Key", "inbound-key_1");
        using var keyed = await gateway.Client.SendAsync(request);

        Assert.Equal((withoutKey, HttpStatusCode.OK), (anonymous.StatusCode, keyed.StatusCode));
        Assert.Equal(1, simulator.Counters.Rotations);
        Assert.NotEmpty(Directory.GetFiles(PathOf("/app/data/journal")));
        Assert.Equal(0, await gateway.TerminateAsync());
    }

    private Dictionary<string, string> Environment(KubernetesOverlay manifest, SimulatorHost simulator)
    {
        var environment = manifest.Environment.ToDictionary(variable => variable.Name, variable => InFolder(variable.Value), StringComparer.Ordinal);
        environment.Add("ReverseProxy__Clusters__plum__Destinations__api__Address", simulator.UpstreamUrl);
        environment.Add("TokenGateway__Credentials__plum__OAuthUrl", simulator.BaseUrl);
        environment.Add("TokenGateway__Credentials__plum__ClientId", simulator.Options.ClientId);
        environment.Add("TokenGateway__Store__KeyPrefix", _root.Name);
        environment.Add("TokenGateway__Store__PollInterval", "00:00:00.5");
        return environment;
    }

    /// <summary>As a kubelet would, from the manifest; only the network is this machine's, so that provider and Redis can be reached.</summary>
    private ProcessStartInfo Container(KubernetesOverlay manifest, Dictionary<string, string> environment)
    {
        var (pod, container) = (manifest.Pod.SecurityContext, manifest.Gateway.SecurityContext);
        Assert.True(container.ReadOnlyRootFilesystem is true && container.AllowPrivilegeEscalation is false && pod.RunAsNonRoot is true);
        return new ProcessStartInfo(
            "docker",
            [
                "run", "--rm", "--name", _root.Name, "--network", "host", "--read-only", "--security-opt", "no-new-privileges", "--user", $"{pod.RunAsUser}:{pod.RunAsGroup}",
                .. container.Capabilities.Drop.SelectMany(capability => (string[])["--cap-drop", capability]),
                .. manifest.Gateway.VolumeMounts.SelectMany(mount => (string[])["-v", $"{Folder(mount.MountPath)}:{mount.MountPath}{(mount.ReadOnlyProperty is true ? ":ro" : "")}"]),
                .. environment.SelectMany(variable => (string[])["-e", $"{variable.Key}={variable.Value}"]),
                Image!, .. manifest.Gateway.Args,
            ]);
    }

    /// <summary>A mount's folder, which the image's user may use as a pod's fsGroup lets it.</summary>
    private string Folder(string mountPath)
    {
        var folder = Directory.CreateDirectory(PathOf(mountPath));
        folder.UnixFileMode = (UnixFileMode)0b111_111_111;
        _root.UnixFileMode = (UnixFileMode)0b111_101_101;
        return folder.FullName;
    }

    /// <summary>The manifest's text with its paths below the folder of this test, and with ports of the system's choice.</summary>
    private string InFolder(string text)
    {
        foreach (var path in Image is null ? new[] { "/etc/tokengateway", "/app/data" } : [])
        {
            text = text.Replace($"\"{path}", $"\"{_root.FullName}{path}", StringComparison.Ordinal);
            text = text.StartsWith(path, StringComparison.Ordinal) ? _root.FullName + text : text;
        }

        return text.Replace(":8080\"", ":0\"", StringComparison.Ordinal).Replace(":8081\"", ":0\"", StringComparison.Ordinal).Replace("http://*:8080", "http://*:0", StringComparison.Ordinal);
    }

    private string PathOf(string path) => _root.FullName + path;

    private void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), content);
    }

    private static string SecretOf(string name, RedisServer redis, SimulatorHost simulator) => name switch
    {
        "redis" => redis.ConnectionString,
        "encryption-key" => Convert.ToBase64String(new byte[32]),
        "client-secret" => simulator.Options.ClientSecret,
        "refresh-token" => simulator.IssueSeed().RefreshToken,
        _ => name + "_1",
    };

    private static async Task UntilReadyAsync(GatewayProcess gateway, Uri probe)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var answer = await gateway.Client.GetAsync(probe);
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30), gateway.Output);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}
