using System.Globalization;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>Medians with their quartiles, and paired ratios with an interval.</summary>
/// <param name="workloads">In the order of the tables.</param>
/// <param name="peers">In the order of the rows.</param>
/// <param name="basis">The peer that the others are divided by.</param>
internal sealed class ProxyReport(IReadOnlyList<Workload> workloads, IReadOnlyList<Peer> peers, string basis)
{
    private readonly Dictionary<(Workload Workload, string Peer), List<Sample>> _samples = [];

    /// <summary>Requests that got no answer, or another one than 2xx and 3xx.</summary>
    public long Errors => _samples.Values.SelectMany(samples => samples).Sum(sample => sample.Errors);

    public void Add(Workload workload, Peer peer, Sample sample)
    {
        if (!_samples.TryGetValue((workload, peer.Name), out var samples))
        {
            _samples[(workload, peer.Name)] = samples = [];
        }

        samples.Add(sample);
    }

    /// <summary>What is to be seen before any load.</summary>
    public void PrintStart()
    {
        Console.WriteLine("| | start to first answer, ms | idle, MB |\n|---|---|---|");
        foreach (var peer in peers)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {peer.Name} | {peer.StartedIn.TotalMilliseconds:F0} | {peer.Memory / 1048576.0:F0} |"));
        }
    }

    public void Print()
    {
        foreach (var workload in workloads)
        {
            Console.WriteLine($"\n**{workload.Name}**\n");
            Console.WriteLine($"| | CPU, µs/request | ratio to {basis} (95 %) | allocated, bytes/request | requests/s | p50, ms | p99, ms | p99.9, ms | MB |\n|---|---|---|---|---|---|---|---|---|");
            foreach (var peer in peers)
            {
                PrintRow(peer.Name, _samples[(workload, peer.Name)], _samples[(workload, basis)]);
            }
        }
    }

    /// <summary>One more ratio of the same samples.</summary>
    public void PrintRatio(string what, string ours, string theirs, Func<Sample, double> figure)
    {
        foreach (var workload in workloads)
        {
            var (ratio, low, high) = Statistics.Ratio([.. _samples[(workload, ours)].Select(figure)], [.. _samples[(workload, theirs)].Select(figure)]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}, {workload.Name}: {ratio:F2} ({low:F2}–{high:F2})"));
        }
    }

    private static void PrintRow(string name, List<Sample> samples, List<Sample> basis)
    {
        var (ratio, low, high) = Statistics.Ratio([.. samples.Select(sample => sample.CpuMicroseconds)], [.. basis.Select(sample => sample.CpuMicroseconds)]);
        var allocated = Median(samples, sample => sample.AllocatedBytes);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {Spread(samples, sample => sample.CpuMicroseconds, "F1")} | {ratio:F2} ({low:F2}–{high:F2}) | {(double.IsNaN(allocated) ? "–" : allocated.ToString("F0", CultureInfo.InvariantCulture))} | {Spread(samples, sample => sample.PerSecond, "F0")} | {Median(samples, sample => sample.P50):F2} | {Median(samples, sample => sample.P99):F2} | {Median(samples, sample => sample.P999):F2} | {Median(samples, sample => sample.MemoryMegabytes):F0} |"));
    }

    private static double Median(List<Sample> samples, Func<Sample, double> figure) => Statistics.Median(samples.Select(figure));

    private static string Spread(List<Sample> samples, Func<Sample, double> figure, string format)
    {
        string At(double share) => Statistics.Quantile(samples.Select(figure), share).ToString(format, CultureInfo.InvariantCulture);
        return $"{At(0.5)} ({At(0.25)}–{At(0.75)})";
    }
}
