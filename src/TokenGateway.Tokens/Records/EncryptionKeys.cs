using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Records;

/// <summary>Where the encryption keys come from: the configuration, or, for the embedded store without any, a key file of its own.</summary>
internal static class EncryptionKeys
{
    /// <exception cref="InvalidOperationException">The embedded store's key file holds no key, or others may read it.</exception>
    public static KeyRing Load(TokenGatewaySettings settings, RandomSource random)
    {
        var keys = Read(settings.Encryption);
        if (keys.Count == 0)
        {
            keys.Add(LoadOrCreate(settings.Store.Path + ".key", random));
        }

        return new KeyRing(keys, random);
    }

    /// <summary>The configured keys as they are now; none where the store has a file of its own.</summary>
    /// <exception cref="IOException">A key's file is missing, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A key's file may not be read.</exception>
    /// <exception cref="FormatException">A key's file does not hold base64.</exception>
    public static List<byte[]> Read(EncryptionSettings settings) =>
        [.. settings.Keys.Select(source => Convert.FromBase64String((source.Read() ?? throw new IOException($"The key file {source.File} is missing or empty.")).Reveal().Trim()))];

    private const UnixFileMode OthersMayRead = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static byte[] LoadOrCreate(string path, RandomSource random)
    {
        if (!File.Exists(path))
        {
            Create(path, random);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMayRead) != UnixFileMode.None)
        {
            throw new InvalidOperationException($"The key file {path} may be read by others: run 'chmod 600 {path}'.");
        }

        var key = Convert.FromBase64String(File.ReadAllText(path).Trim());
        return key.Length == KeyRing.KeySize
            ? key
            : throw new InvalidOperationException(
                $"The key file {path} does not hold {KeyRing.KeySize} bytes of base64. Bring the right one back: without it the stored tokens are lost.");
    }

    /// <summary>Several processes may start at once: whoever gives its file the name first has made the key for all.</summary>
    private static void Create(string path, RandomSource random)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var key = new byte[KeyRing.KeySize];
        random.Fill(key);
        var own = $"{path}.{random.NextId()}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(own, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key)));
            file.Flush(flushToDisk: true);
        }

        if (!FirstFile.TryPublish(own, path))
        {
            File.Delete(own);
        }

        FolderEntries.Flush(folder); // Without the key, what is stored under it is lost.
    }
}
