using System.CommandLine;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary><c>settings</c>: what each setting of the runtime, of Kestrel and of YARP is worth, on a bare YARP.</summary>
internal static class SettingsCommand
{
    private static readonly (string Name, string[] Switches, string? Variable, string Value, bool Http2)[] Settings =
    [
        ("as it is", [], null, "", false),
        ("server GC", [], "DOTNET_gcServer", "1", false),
        ("GC not concurrent", [], "DOTNET_gcConcurrent", "0", false),
        ("GC conserves memory", [], "DOTNET_GCConserveMemory", "5", false),
        ("generation 0 of 4 MB", [], "DOTNET_GCgen0size", "0x400000", false),
        ("HTTP client's completions inline", [], "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1", false),
        ("Kestrel's sockets inline", ["--inline"], null, "", false),
        ("Kestrel with one I/O queue", ["--one-queue"], null, "", false),
        ("an Activity and trace headers", ["--tracing"], null, "", false),
        ("HTTP/2 to the upstream", [], null, "", true),
    ];

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds; in each, every setting gets every workload once.", DefaultValueFactory = _ => 15 };
        var seconds = new Option<int>("--seconds") { Description = "Seconds per run.", DefaultValueFactory = _ => 2 };
        var command = new Command("settings", "A bare YARP (Native AOT) under one setting after another.") { rounds, seconds };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await Shell.InstallPeersAsync(cancellationToken);
            using var upstream = await Upstream.StartAsync(cancellationToken);
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            var executable = await BareYarp.PublishAsync(native: true, cancellationToken);
            var peers = new List<Peer>();
            try
            {
                foreach (var setting in Settings)
                {
                    var environment = setting.Variable is { } variable ? new Dictionary<string, string>(StringComparer.Ordinal) { [variable] = setting.Value } : [];
                    peers.Add(await BareYarp.StartAsync(setting.Name, executable, Ports.Free(), upstream, setting.Switches, environment, client, cancellationToken, setting.Http2));
                }

                Workload[] workloads = [Workload.All[0], Workload.All[^1]];
                var report = new ProxyReport(workloads, peers, Settings[0].Name);
                report.PrintStart();
                await new ProxyRun(workloads, peers, report, 32, TimeSpan.FromSeconds(parsed.GetValue(seconds))).RunAsync(parsed.GetValue(rounds), cancellationToken);
                report.Print();
                return report.Errors == 0 ? 0 : 1;
            }
            finally
            {
                peers.ForEach(peer => peer.Dispose());
            }
        });
        return command;
    }
}
