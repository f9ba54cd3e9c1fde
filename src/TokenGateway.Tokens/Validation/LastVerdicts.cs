namespace TokenGateway.Tokens.Validation;

/// <summary>The verdicts that a process remembers for people; no decision depends on them.</summary>
internal static class LastVerdicts
{
    private const int Most = 20;

    /// <summary>The list with one more, newest first. A peer's verdict that is met again, as at each <c>Validation:Interval</c>, is there once.</summary>
    public static IReadOnlyList<ValidationReport> With(this IReadOnlyList<ValidationReport> known, ValidationReport report) =>
        [.. known.Append(report).DistinctBy(static verdict => (verdict.By, verdict.Generation, verdict.At.ToUnixTimeMilliseconds())).OrderByDescending(static verdict => verdict.At).Take(Most)];
}
