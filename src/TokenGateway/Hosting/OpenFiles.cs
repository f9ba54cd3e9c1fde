using System.Globalization;

namespace TokenGateway.Hosting;

/// <summary>How many files and connections this process may have open (<c>ulimit -n</c>).</summary>
internal static class OpenFiles
{
    private const string Limits = "/proc/self/limits";
    private const string Name = "Max open files";

    /// <summary>The limit in force; no number where the system tells none.</summary>
    public static int? Limit()
    {
        try
        {
            var line = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
            return int.TryParse(line?[Name.Length..].TrimStart().Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
        }
        catch (IOException)
        {
            return null; // Not Linux.
        }
    }
}
