using System.Diagnostics;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>Programs that this one runs and waits for.</summary>
internal static class Shell
{
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; its own words are the message.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await output}{await error}");
    }

    /// <summary>Installs the peers that are missing, where this user and system can.</summary>
    /// <exception cref="InvalidOperationException">They cannot be installed.</exception>
    public static async Task InstallPeersAsync(CancellationToken cancellationToken)
    {
        string[] peers = ["wrk", "nginx", "haproxy"];
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin"];
        var missing = peers.Where(peer => !folders.Any(folder => File.Exists(Path.Combine(folder, peer)))).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        Console.Error.WriteLine($"installing {string.Join(' ', missing)}");
        try
        {
            await RunAsync("apt-get", ["update", "-qq"], cancellationToken);
            await RunAsync("env", ["DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "--no-install-recommends", .. missing], cancellationToken);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException($"Missing: {string.Join(", ", missing)}. Install them (Debian, as root: apt-get install wrk nginx haproxy).", error);
        }
    }

    /// <summary>Publishes a project once per run.</summary>
    public static async Task<string> PublishAsync(string project, string name, bool native, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(RepositoryFolder, "artifacts", "benchmarks", name);
        Console.Error.WriteLine($"publishing {name}");
        var runtime = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier.EndsWith("arm64", StringComparison.Ordinal) ? "linux-arm64" : "linux-x64";
        string[] managed = ["--self-contained", "false", "-p:PublishAot=false", "-p:RestoreLockedMode=false", $"-p:NuGetLockFilePath={folder}.lock.json"];
        await RunAsync(
            "dotnet", ["publish", "-c", "Release", "-r", runtime, Path.Combine(RepositoryFolder, project), "-o", folder, "--nologo", "-v", "quiet", .. native ? [] : managed], cancellationToken);
        return Path.Combine(folder, Path.GetFileName(project));
    }

    private static string RepositoryFolder { get; } = Path.GetDirectoryName(Testing.RepositoryFile.PathOf("TokenGateway.sln"))!;
}
