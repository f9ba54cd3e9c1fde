using System.Globalization;
using System.Text.RegularExpressions;

namespace TokenGateway.Tests.Telemetry;

/// <summary>What <c>/metrics</c> says, in the text format of Prometheus.</summary>
internal sealed partial class MetricsText
{
    private readonly List<(string Name, string Labels, double Value)> _samples = [];

    public MetricsText(string text)
    {
        Text = text;
        foreach (var match in Sample().Matches(text).Cast<Match>())
        {
            _samples.Add((match.Groups["name"].Value, match.Groups["labels"].Value, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)));
        }
    }

    public string Text { get; }

    public IReadOnlySet<string> Names => _samples.Select(sample => sample.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The label names of a metric.</summary>
    public IReadOnlySet<string> LabelsOf(string name) => _samples.Where(sample => sample.Name == name)
        .SelectMany(sample => LabelName().Matches(sample.Labels)).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

    /// <summary>The sum of all series that carry these labels, each written as <c>name="value"</c>.</summary>
    public double Sum(string name, params string[] labels)
    {
        var series = _samples.Where(sample => sample.Name == name && labels.All(label => $",{sample.Labels},".Contains($",{label},", StringComparison.Ordinal))).ToList();
        return series.Count > 0 ? series.Sum(sample => sample.Value) : throw new InvalidOperationException($"There is no {name} with {string.Join(", ", labels)} in:\n{Text}");
    }

    public static async Task<MetricsText> ReadAsync(HttpClient client, Uri management) => new(await client.GetStringAsync(new Uri(management, "/metrics")));

    [GeneratedRegex(@"^(?<name>[a-z_:]+)(?:\{(?<labels>.*)\})? (?<value>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Sample();

    [GeneratedRegex("[a-z_]+(?==\")", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelName();
}
