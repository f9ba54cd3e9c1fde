namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>One thing about a server that endangers what it keeps, and the remedy, in a sentence.</summary>
internal sealed record RedisFinding(RedisFindingSeverity Severity, string Sentence);

internal enum RedisFindingSeverity
{
    /// <summary>It may lose a write in a crash, or could not be asked.</summary>
    Warning,

    /// <summary>It must not keep refresh tokens.</summary>
    Error,
}
