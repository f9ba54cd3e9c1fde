using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Hosting;

/// <summary>What to do about a name that no credential has.</summary>
internal static class UnknownCredential
{
    /// <summary>Thousands would hide the sentence.</summary>
    private const int MostNames = 20;

    /// <returns>The setting that is missing and the names that would do; null where the name is known.</returns>
    public static string? Find(string name, IReadOnlyCollection<string> known)
    {
        if (known.Contains(name, StringComparer.Ordinal))
        {
            return null;
        }

        if (known.FirstOrDefault(other => string.Equals(other, name, StringComparison.OrdinalIgnoreCase)) is { } spelled)
        {
            return $"the configuration spells it '{spelled}', and names are told apart by case";
        }

        var names = known.Count == 0 ? "one that is configured; there is none yet" : "one of " + string.Join(", ", known.Order(StringComparer.Ordinal).Take(MostNames));
        return $"{(Spelling.Nearest(name, known) is { } near ? $"did you mean '{near}'? Else " : "")}set TokenGateway:Credentials:{name}, or name {names}";
    }
}
