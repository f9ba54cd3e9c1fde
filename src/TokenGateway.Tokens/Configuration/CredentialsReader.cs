namespace TokenGateway.Tokens.Configuration;

/// <summary>Reads <c>TokenGateway:Credentials</c>: each one, and what must hold between them.</summary>
internal static class CredentialsReader
{
    private static readonly string[] SeedKeys = ["RefreshToken", "StandbyRefreshToken"];

    /// <param name="reader">The section that holds <c>Credentials</c>.</param>
    /// <param name="names">The names as they are to be spelled; blind to case.</param>
    /// <param name="storeTimeout"><c>Store:OperationTimeout</c>, which a lease must outlast.</param>
    /// <param name="presets">What <c>Preset</c> may name.</param>
    public static Dictionary<string, CredentialSettings> Read(SettingsReader reader, HashSet<string> names, TimeSpan storeTimeout, ProviderPresets presets)
    {
        var credentials = new Dictionary<string, CredentialSettings>(StringComparer.OrdinalIgnoreCase);
        var seeds = new Dictionary<string, string>(StringComparer.Ordinal);
        var shared = new SharedSettings();
        foreach (var (key, settings) in reader.Sections("Credentials"))
        {
            var name = names.TryGetValue(key, out var spelled) ? spelled : key;
            if (CredentialNames.Problem(name) is { } problem)
            {
                reader.Report($"Credentials:{name}", problem);
            }

            var credential = shared.Of(CredentialSettingsReader.Read(settings, name, storeTimeout, presets));
            credentials[name] = credential;
            ReportSharedSeeds(settings, credential, seeds);
        }

        ReportFormerNames(reader, credentials);
        return credentials;
    }

    /// <summary>A record that is taken over serves one credential only.</summary>
    private static void ReportFormerNames(SettingsReader reader, IReadOnlyDictionary<string, CredentialSettings> credentials)
    {
        foreach (var shared in credentials.Values.Where(credential => credential.FormerName is not null).GroupBy(credential => credential.FormerName!, StringComparer.Ordinal))
        {
            var problem = credentials.Values.Any(credential => credential.Name == shared.Key) ? $"is {shared.Key}, which is still configured; remove that one, or leave FormerName out"
                : shared.Count() > 1 ? $"is {shared.Key} in {string.Join(" and ", shared.Select(credential => credential.Name))}; only one credential can be its successor"
                : null;
            if (problem is not null)
            {
                reader.Report($"Credentials:{shared.First().Name}:FormerName", problem);
            }
        }
    }

    private static void ReportSharedSeeds(SettingsReader reader, CredentialSettings credential, Dictionary<string, string> seeds)
    {
        if (credential.GrantType == GrantType.ClientCredentials)
        {
            return;
        }

        SecretSource[] sources = [credential.RefreshToken, credential.StandbyRefreshToken];
        foreach (var (key, source) in SeedKeys.Zip(sources).Where(seed => seed.Second.IsConfigured))
        {
            var path = source.File is null ? key : key + "File";
            if (reader.Failed(path))
            {
                continue;
            }

            var first = Identities(source).Select(seeds.GetValueOrDefault).FirstOrDefault(first => first is not null);
            if (first is not null)
            {
                reader.Report(path, $"is the same seed as {first}; a refresh token can be spent only once, so each needs one of its own");
            }

            foreach (var identity in Identities(source))
            {
                seeds.TryAdd(identity, reader.PathOf(path));
            }
        }
    }

    // A file that is not there yet is told by its path.
    private static IEnumerable<string> Identities(SecretSource source)
    {
        if (source.File is { } file)
        {
            yield return $"file {Path.GetFullPath(file)}";
        }

        if (source.Read() is { } seed)
        {
            yield return $"seed {seed.Reveal()}";
        }
    }
}
