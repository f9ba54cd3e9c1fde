using System.CommandLine;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary><c>proxies</c>: what a request costs here and elsewhere.</summary>
internal static class ProxiesCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds; in each, every proxy gets every workload once.", DefaultValueFactory = _ => 15 };
        var seconds = new Option<int>("--seconds") { Description = "Seconds per run.", DefaultValueFactory = _ => 3 };
        var connections = new Option<int>("--connections") { Description = "Connections that send at once.", DefaultValueFactory = _ => 32 };
        var smoke = new Option<bool>("--smoke") { Description = "Two rounds of one second: shows that it works, not what it costs." };
        var command = new Command("proxies", "The gateway beside a bare YARP, YARP's template, nginx and HAProxy, which put on a static header. Installs what it needs (Debian, as root).")
        {
            rounds, seconds, connections, smoke,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var isSmoke = parsed.GetValue(smoke);
            await using var field = await ProxyField.StartAsync(cancellationToken);
            var report = new ProxyReport(Workload.All, field.Peers, ProxyField.Bare);
            await Task.Delay(TimeSpan.FromSeconds(isSmoke ? 1 : 10), TimeProvider.System, cancellationToken); // What the start leaves behind.
            report.PrintStart();
            await field.RotateAsync(cancellationToken);
            var before = field.Rotations;
            var run = new ProxyRun(Workload.All, field.Peers, report, parsed.GetValue(connections), TimeSpan.FromSeconds(isSmoke ? 1 : parsed.GetValue(seconds)));
            await run.RunAsync(isSmoke ? 2 : parsed.GetValue(rounds), cancellationToken);
            report.Print();
            Console.WriteLine();
            report.PrintRatio("CPU, rotating to a bare YARP with the same meters", ProxyField.Rotating, ProxyField.Metered, sample => sample.CpuMicroseconds);
            report.PrintRatio("CPU, rotating to YARP's template", ProxyField.Rotating, ProxyField.Template, sample => sample.CpuMicroseconds);
            report.PrintRatio("p99, rotating to no rotation", ProxyField.Rotating, ProxyField.AtRest, sample => sample.P99);
            Console.WriteLine($"{field.Rotations - before} rotations meanwhile, {report.Errors} requests failed");
            return report.Errors == 0 && field.Rotations > before ? 0 : 1;
        });
        return command;
    }
}
