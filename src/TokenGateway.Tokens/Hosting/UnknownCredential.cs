namespace TokenGateway.Tokens.Hosting;

/// <summary>What to do about a name that no credential has.</summary>
internal static class UnknownCredential
{
    /// <returns>The setting that is missing and the names that would do; null where the name is known.</returns>
    public static string? Find(string name, IReadOnlyCollection<string> known)
    {
        if (known.Contains(name, StringComparer.Ordinal))
        {
            return null;
        }

        return known.FirstOrDefault(other => string.Equals(other, name, StringComparison.OrdinalIgnoreCase)) is { } spelled
            ? $"the configuration spells it '{spelled}', and names are told apart by case"
            : $"set TokenGateway:Credentials:{name}, or name {(known.Count == 0 ? "one that is configured; there is none yet" : "one of " + string.Join(", ", known.Order(StringComparer.Ordinal)))}";
    }
}
