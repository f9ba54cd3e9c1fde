namespace TokenGateway.Benchmarks.Proxies;

/// <summary>Medians, because a shared machine makes outliers, and intervals that assume no distribution.</summary>
internal static class Statistics
{
    private const int Resamples = 10_000;

    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below]));
    }

    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The median of paired ratios with its 95 % bootstrap interval. The same samples give the same interval.</summary>
    public static (double Median, double Low, double High) Ratio(IReadOnlyList<double> ours, IReadOnlyList<double> theirs)
    {
        var ratios = ours.Zip(theirs, (a, b) => a / b).ToArray();
        var random = new Lcg(1);
        var medians = Enumerable.Range(0, Resamples).Select(_ => Median(ratios.Select(_ => ratios[random.Next(ratios.Length)]))).ToArray();
        return (Median(ratios), Quantile(medians, 0.025), Quantile(medians, 0.975));
    }

    /// <summary>A linear congruential generator: good enough to draw with, and seeded.</summary>
    private sealed class Lcg(ulong seed)
    {
        private ulong _state = seed;

        public int Next(int limit)
        {
            _state = unchecked((_state * 6364136223846793005UL) + 1442695040888963407UL);
            return (int)((_state >> 33) % (ulong)limit);
        }
    }
}
