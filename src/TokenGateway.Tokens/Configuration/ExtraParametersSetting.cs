namespace TokenGateway.Tokens.Configuration;

/// <summary>Parameters of the token request that a provider wants beside the standard's, of a preset and of a credential.</summary>
internal static class ExtraParametersSetting
{
    private static readonly HashSet<string> OwnParameters =
        new(["grant_type", "refresh_token", "client_id", "client_secret", "scope"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Those of the section, and of <paramref name="inherited"/> what it does not name.</summary>
    public static IReadOnlyDictionary<string, string> ExtraParameters(this SettingsReader reader, IReadOnlyDictionary<string, string> inherited)
    {
        var entries = reader.Entries("ExtraParameters");
        if (entries.Count == 0)
        {
            return inherited;
        }

        var parameters = new Dictionary<string, string>(inherited, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (OwnParameters.Contains(entry.Name))
            {
                reader.Report(entry.Key, "is a parameter that TokenGateway sets itself; remove it");
            }

            parameters[entry.Name] = entry.Text;
        }

        return parameters;
    }
}
