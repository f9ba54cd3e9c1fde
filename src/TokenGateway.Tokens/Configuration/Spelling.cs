namespace TokenGateway.Tokens.Configuration;

/// <summary>Finds what was probably meant.</summary>
internal static class Spelling
{
    /// <summary>The candidate that is the fewest edits away, case aside; null where none is near (a third of the word, at least two edits).</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        var (distance, nearest) = candidates
            .Select(candidate => (Distance: Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant()), candidate))
            .OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .FirstOrDefault((int.MaxValue, ""));
        return distance <= Math.Max(2, word.Length / 3) && distance < word.Length ? nearest : null;
    }

    // Levenshtein's distance, one row at a time.
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
