using System.Globalization;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>Medians with their quartiles, and ratios to the bare YARP with an interval.</summary>
internal sealed class ProxyReport(IReadOnlyList<Peer> peers)
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
        foreach (var workload in Workload.All)
        {
            Console.WriteLine($"\n**{workload.Name}**\n");
            Console.WriteLine("| | CPU, µs/request | ratio to bare YARP (95 %) | requests/s | p50, ms | p99, ms | p99.9, ms | MB |\n|---|---|---|---|---|---|---|---|");
            foreach (var peer in peers)
            {
                PrintRow(peer.Name, _samples[(workload, peer.Name)], _samples[(workload, ProxyField.Bare)]);
            }
        }
    }

    private static void PrintRow(string name, List<Sample> samples, List<Sample> bare)
    {
        var (ratio, low, high) = Statistics.Ratio([.. samples.Select(sample => sample.CpuMicroseconds)], [.. bare.Select(sample => sample.CpuMicroseconds)]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {Spread(samples, sample => sample.CpuMicroseconds, "F1")} | {ratio:F2} ({low:F2}–{high:F2}) | {Spread(samples, sample => sample.PerSecond, "F0")} | {Median(samples, sample => sample.P50):F2} | {Median(samples, sample => sample.P99):F2} | {Median(samples, sample => sample.P999):F2} | {Median(samples, sample => sample.MemoryMegabytes):F0} |"));
    }

    private static double Median(List<Sample> samples, Func<Sample, double> figure) => Statistics.Median(samples.Select(figure));

    private static string Spread(List<Sample> samples, Func<Sample, double> figure, string format)
    {
        string At(double share) => Statistics.Quantile(samples.Select(figure), share).ToString(format, CultureInfo.InvariantCulture);
        return $"{At(0.5)} ({At(0.25)}–{At(0.75)})";
    }
}
