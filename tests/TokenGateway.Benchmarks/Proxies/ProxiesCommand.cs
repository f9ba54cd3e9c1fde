using System.CommandLine;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary><c>proxies</c>: what a request costs here and elsewhere.</summary>
internal static class ProxiesCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds; in each, every proxy gets every workload once.", DefaultValueFactory = _ => 15 };
        var seconds = new Option<int>("--seconds") { Description = "Seconds per run.", DefaultValueFactory = _ => 5 };
        var connections = new Option<int>("--connections") { Description = "Connections that send at once.", DefaultValueFactory = _ => 32 };
        var smoke = new Option<bool>("--smoke") { Description = "Two rounds of one second: shows that it works, not what it costs." };
        var command = new Command("proxies", "The gateway beside a bare YARP, nginx and HAProxy, which put on a static header. Installs what it needs (Debian, as root).")
        {
            rounds, seconds, connections, smoke,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var isSmoke = parsed.GetValue(smoke);
            await using var field = await ProxyField.StartAsync(cancellationToken);
            var report = new ProxyReport(field.Peers);
            report.PrintStart();
            var run = new ProxyRun(field, report, parsed.GetValue(connections), TimeSpan.FromSeconds(isSmoke ? 1 : parsed.GetValue(seconds)));
            await run.RunAsync(isSmoke ? 2 : parsed.GetValue(rounds), cancellationToken);
            report.Print();
            Console.WriteLine($"{run.Rotations} rotations meanwhile");
            return report.Errors == 0 && run.Rotations > 0 ? 0 : 1;
        });
        return command;
    }
}
