namespace TokenGateway.Tokens.Configuration;

/// <summary>Secrets: <c>X</c> itself, or <c>XFile</c> that holds it, but not both.</summary>
internal static class SecretSetting
{
    /// <param name="reader">The section.</param>
    /// <param name="key">The secret's key; its file's key is the same with <c>File</c> after it.</param>
    /// <param name="fileMayBeMissing">A seed's file may come later: the store may already know the credential.</param>
    public static SecretSource Secret(this SettingsReader reader, string key, bool fileMayBeMissing = false)
    {
        var fileKey = key + "File";
        var value = reader.Text(key);
        var file = reader.Text(fileKey);
        if (value is not null && file is not null)
        {
            reader.Report(key, $"and {fileKey} are both set; remove one of them");
            return SecretSource.None;
        }

        return file is null ? FromValue(value) : reader.FromFile(fileKey, file, fileMayBeMissing);
    }

    /// <summary>A list of secrets, or a list of files that hold one each, but not both, so that their order is told.</summary>
    public static IReadOnlyList<(string Key, SecretSource Source)> Secrets(this SettingsReader reader, string key, string filesKey)
    {
        var values = reader.FilledEntries(key);
        var files = reader.FilledEntries(filesKey);
        if (values.Count > 0 && files.Count > 0)
        {
            reader.Report(key, $"and {filesKey} are both set; remove one of them");
            return [];
        }

        return values.Count > 0
            ? [.. values.Select(entry => (entry.Key, FromValue(entry.Text)))]
            : [.. files.Select(entry => (entry.Key, reader.FromFile(entry.Key, entry.Text, fileMayBeMissing: false)))];
    }

    private static List<SettingEntry> FilledEntries(this SettingsReader reader, string key)
    {
        var (filled, empty) = (new List<SettingEntry>(), new List<SettingEntry>());
        foreach (var entry in reader.Entries(key))
        {
            (string.IsNullOrWhiteSpace(entry.Text) ? empty : filled).Add(entry);
        }

        empty.ForEach(entry => reader.Report(entry.Key, "is empty; give it a value or remove it"));
        return filled;
    }

    private static SecretSource FromValue(string? value) => value is null ? SecretSource.None : new SecretSource { Value = new Secret(value.Trim()) };

    private static SecretSource FromFile(this SettingsReader reader, string key, string file, bool fileMayBeMissing)
    {
        file = reader.FullPath(file.Trim());
        var source = new SecretSource { File = file };
        if (Problem(source, file, fileMayBeMissing) is { } problem)
        {
            reader.Report(key, problem);
        }

        return source;
    }

    private static string? Problem(SecretSource source, string file, bool fileMayBeMissing)
    {
        try
        {
            return Directory.Exists(file) ? $"names the folder {file}; a file is expected"
                : source.Read() is not null || fileMayBeMissing ? null
                : File.Exists(file) ? $"names the file {file}, which is empty; write the secret into it"
                : $"names the file {file}, which does not exist; create it or correct the path";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"names the file {file}, which this process may not or cannot read; correct its permissions";
        }
    }
}
