namespace TokenGateway.Tokens.Configuration;

/// <summary>A secret as configured: the value itself, or a file that holds it and may change while running.</summary>
internal sealed record SecretSource
{
    public static SecretSource None { get; } = new();

    public Secret? Value { get; init; }

    public string? File { get; init; }

    public bool IsConfigured => Value is not null || File is not null;

    /// <summary>The secret as it is now, without the white space around it in its file, which no secret has; null when there is none or the file is missing or empty.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public Secret? Read()
    {
        if (File is null || !System.IO.File.Exists(File))
        {
            return Value;
        }

        return Secret.From(System.IO.File.ReadAllText(File).Trim());
    }
}
