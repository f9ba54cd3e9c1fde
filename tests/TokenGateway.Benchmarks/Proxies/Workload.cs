using System.Globalization;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>One kind of request, sent by wrk.</summary>
/// <param name="Name">As the table names it.</param>
/// <param name="Path">Below <c>/plain</c> the upstream speaks HTTP, below <c>/tls</c> HTTPS.</param>
/// <param name="BodyBytes">0 means GET.</param>
internal sealed record Workload(string Name, string Path, int BodyBytes)
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("small GET", "/plain/small", 0),
        new("10 KB JSON answer", "/plain/json", 0),
        new("10 KB POST", "/plain/post", 10_240),
        new("small GET, HTTPS upstream", "/tls/small", 0),
    ];

    /// <summary>Loads <paramref name="peer"/> and measures what that cost it.</summary>
    public async Task<Sample> RunAsync(Peer peer, int connections, TimeSpan duration, CancellationToken cancellationToken)
    {
        var script = System.IO.Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, Script(), cancellationToken);
            var allocated = peer.Allocated is { } before ? await before(cancellationToken) : double.NaN;
            var cpu = peer.CpuSeconds;
            var output = await Shell.RunAsync(
                "wrk", ["-t1", $"-c{connections}", $"-d{duration.TotalSeconds:F0}s", "-s", script, new Uri(peer.Url, Path).ToString()], cancellationToken);
            cpu = peer.CpuSeconds - cpu;
            return Sample.Read(output, cpu, peer.Memory, peer.Allocated is { } after ? await after(cancellationToken) - allocated : double.NaN);
        }
        finally
        {
            File.Delete(script);
        }
    }

    /// <summary>wrk prints no p99.9 by itself.</summary>
    private string Script() => string.Create(CultureInfo.InvariantCulture, $$"""
        {{(BodyBytes == 0 ? "" : $"wrk.method = 'POST'; wrk.body = string.rep('x', {BodyBytes})")}}
        done = function(summary, latency, requests)
          local errors = summary.errors
          print(string.format("RESULT %d %d %d %d %d %d", summary.requests, summary.duration,
            errors.connect + errors.read + errors.write + errors.status + errors.timeout,
            latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
        end
        """);
}

/// <summary>One run of one workload against one proxy.</summary>
internal sealed record Sample(double CpuMicroseconds, double PerSecond, double P50, double P99, double P999, double MemoryMegabytes, double AllocatedBytes, long Errors)
{
    /// <param name="output">wrk's: requests, microseconds, errors, and three latencies in microseconds.</param>
    /// <param name="cpuSeconds">Of the proxy.</param>
    /// <param name="memory">Resident bytes at the end.</param>
    /// <param name="allocated">Bytes that the garbage collector handed out meanwhile; NaN where there is none.</param>
    public static Sample Read(string output, double cpuSeconds, long memory, double allocated)
    {
        var line = output.Split('\n').Single(text => text.StartsWith("RESULT ", StringComparison.Ordinal));
        var values = line.Split(' ').Skip(1).Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray();
        return new Sample(cpuSeconds * 1e6 / values[0], values[0] / values[1] * 1e6, values[3] / 1000, values[4] / 1000, values[5] / 1000, memory / 1048576.0, allocated / values[0], (long)values[2]);
    }
}
