using System.CommandLine;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary><c>settings</c>: what each setting of the runtime, of Kestrel and of YARP is worth, on a bare YARP.</summary>
internal static class SettingsCommand
{
    private static readonly BareYarpSetting[] Settings =
    [
        new("as it is"),
        BareYarpSetting.Of("server GC", "DOTNET_gcServer", "1"),
        BareYarpSetting.Of("GC not concurrent", "DOTNET_gcConcurrent", "0"),
        BareYarpSetting.Of("GC conserves memory", "DOTNET_GCConserveMemory", "5"),
        BareYarpSetting.Of("generation 0 of 4 MB", "DOTNET_GCgen0size", "0x400000"),
        BareYarpSetting.AsTheGateway("reads of sockets go on where they were read"),
        new("Kestrel's sockets inline") { Switches = ["--inline"] },
        new("Kestrel with one I/O queue") { Switches = ["--one-queue"] },
        new("an Activity and trace headers") { Switches = ["--tracing"] },
        new("the gateway's meters") { Switches = ["--meters"] },
        new("HTTP/1.1 to the upstream over HTTPS") { Http2 = false },
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
                    peers.Add(await BareYarp.StartAsync(setting, executable, upstream, client, cancellationToken));
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
