namespace TokenGateway.Faults.Report;

/// <summary>A table for a terminal, or in Markdown.</summary>
internal static class Table
{
    public static string Of(bool markdown, string[] heads, IReadOnlyList<string[]> rows)
    {
        var widths = heads.Select((head, n) => rows.Select(row => row[n].Length).Append(head.Length).Max()).ToArray();
        string Line(string[] cells) => markdown
            ? $"| {string.Join(" | ", cells.Select((cell, n) => cell.PadRight(widths[n])))} |"
            : string.Join("  ", cells.Select((cell, n) => cell.PadRight(widths[n]))).TrimEnd();
        var rule = markdown ? $"|{string.Join("|", widths.Select(width => new string('-', width + 2)))}|" : string.Join("  ", widths.Select(width => new string('-', width)));
        return string.Join('\n', [Line(heads), rule, .. rows.Select(Line)]);
    }
}
