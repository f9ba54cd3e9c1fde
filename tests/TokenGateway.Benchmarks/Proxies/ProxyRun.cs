namespace TokenGateway.Benchmarks.Proxies;

/// <summary>
/// Rounds: in each one every proxy gets every workload, one directly after the other, so that what else the machine does meets all of them. The order turns by one each time.
/// </summary>
internal sealed class ProxyRun(IReadOnlyList<Workload> workloads, IReadOnlyList<Peer> peers, ProxyReport report, int connections, TimeSpan duration)
{
    public async Task RunAsync(int rounds, CancellationToken cancellationToken)
    {
        // The first is for the JIT, for connections and caches, and is not counted.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var workload in workloads)
            {
                for (var i = 0; i < peers.Count; i++)
                {
                    var peer = peers[(i + round) % peers.Count];
                    var sample = await workload.RunAsync(peer, connections, duration, cancellationToken);
                    if (round > 0)
                    {
                        report.Add(workload, peer, sample);
                    }
                }
            }

            Console.Error.WriteLine(round == 0 ? "warm" : $"round {round} of {rounds}");
        }
    }
}
