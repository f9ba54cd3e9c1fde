namespace TokenGateway.Tokens.Configuration;

/// <summary>Reads <c>TokenGateway:Encryption</c>.</summary>
internal static class EncryptionSettingsReader
{
    private const int KeyLength = 32;

    public static EncryptionSettings Read(SettingsReader reader, StoreKind store)
    {
        var keys = reader.Secrets("Keys", "KeyFiles");
        foreach (var (key, source) in keys.Where(key => !reader.Failed(key.Key) && !IsKey(key.Source)))
        {
            reader.Report(key, "is not the base64 of 32 bytes; the command keygen prints a key that is");
        }

        if (store == StoreKind.Redis && keys.Count == 0 && !reader.Failed("Keys") && !reader.Failed("KeyFiles"))
        {
            reader.Report(
                "Keys",
                "is empty, but the Redis store needs a key to encrypt with; "
                + "make one with the command keygen and put it here or into a file in KeyFiles");
        }

        return new EncryptionSettings { Keys = [.. keys.Select(key => key.Source)] };
    }

    private static bool IsKey(SecretSource source)
    {
        // One byte more than a key, so that a longer one is not taken for a key.
        Span<byte> bytes = stackalloc byte[KeyLength + 1];
        return source.Read() is { } key && Convert.TryFromBase64String(key.Reveal(), bytes, out var length) && length == KeyLength;
    }
}
