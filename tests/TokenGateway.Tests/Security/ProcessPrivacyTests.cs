using System.Diagnostics;
using System.Runtime.Versioning;
using TokenGateway.Simulator;
using TokenGateway.Tests.EndToEnd;

namespace TokenGateway.Tests.Security;

/// <summary>The memory of a running gateway is its own.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProcessPrivacyTests
{
    private const string Nobody = "65534";

    [Fact]
    public async Task A_gateway_of_an_ordinary_user_writes_no_core_file_and_lets_nobody_of_that_user_read_its_memory()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var file = fleet.WriteConfiguration();
        var isRoot = Environment.IsPrivilegedProcess;
        await RunAsync("chown", "-R", isRoot ? Nobody : Environment.UserName, fleet.Folder);
        string[] asUser = isRoot ? ["setpriv", $"--reuid={Nobody}", "--clear-groups"] : ["env"];

        await using var gateway = await GatewayProcess.StartAsync(new ProcessStartInfo(asUser[0], [.. asUser[1..], GatewayExecutable.Path, "run", "--config", file]));
        await gateway.UntilActiveAsync();

        Assert.Matches("Max core file size +0 +0 ", await File.ReadAllTextAsync($"/proc/{gateway.Id}/limits"));

        // What cannot be dumped belongs to root in /proc.
        Assert.Equal("0", await RunAsync("stat", "-c", "%u", $"/proc/{gateway.Id}/mem"));
        Assert.NotEqual("", await RunAsync(asUser[0], [.. asUser[1..], "sh", "-c", $"head -c 1 /proc/{gateway.Id}/environ 2>&1 >/dev/null; true"]));
    }

    [Fact]
    public async Task A_crash_leaves_no_core_file_where_the_system_would_write_one()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var start = new ProcessStartInfo("sh", ["-c", "ulimit -c unlimited; exec \"$0\" run --config \"$1\"", GatewayExecutable.Path, fleet.WriteConfiguration()]) { WorkingDirectory = fleet.Folder };
        await using var gateway = await GatewayProcess.StartAsync(start);
        await gateway.UntilActiveAsync();

        await gateway.CrashAsync();

        Assert.Empty(Directory.GetFiles(fleet.Folder, "core*"));
    }

    private static async Task<string> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }
}
