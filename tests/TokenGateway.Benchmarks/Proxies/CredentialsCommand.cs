using System.CommandLine;
using System.Globalization;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary><c>credentials</c>: what many of them cost a gateway that has nothing to do.</summary>
internal static class CredentialsCommand
{
    public static Command Create()
    {
        var count = new Option<int>("--count") { Description = "Credentials.", DefaultValueFactory = _ => 1_000 };
        var seconds = new Option<int>("--seconds") { Description = "How long it is watched without any request.", DefaultValueFactory = _ => 60 };
        var command = new Command("credentials", "A gateway with many credentials beside one with one: start with a warm store, idle CPU, memory.") { count, seconds };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await Shell.InstallPeersAsync(cancellationToken);
            using var upstream = await Upstream.StartAsync(cancellationToken);
            var executable = await MeasuredGateway.ExecutableAsync(cancellationToken);
            Console.WriteLine("| credentials | all ready after, ms | idle CPU, % of a core | MB |\n|---|---|---|---|");
            foreach (var number in (int[])[1, parsed.GetValue(count)])
            {
                await using var gateway = await MeasuredGateway.StartAsync("gateway", executable, upstream, number, cancellationToken);
                await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, cancellationToken); // What the start leaves behind.
                var cpu = gateway.Peer.CpuSeconds;
                await Task.Delay(TimeSpan.FromSeconds(parsed.GetValue(seconds)), TimeProvider.System, cancellationToken);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {number} | {gateway.ReadyIn.TotalMilliseconds:F0} | {(gateway.Peer.CpuSeconds - cpu) * 100 / parsed.GetValue(seconds):F2} | {gateway.Peer.Memory / 1048576.0:F1} |"));
            }

            return 0;
        });
        return command;
    }
}
