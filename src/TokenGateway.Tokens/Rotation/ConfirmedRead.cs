using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// A secret that may be read while it is being written: a change counts after two equal reads. At start one is enough, since nothing has changed yet.
/// </summary>
internal sealed class ConfirmedRead(SecretSource source)
{
    /// <summary>Between the two reads.</summary>
    public static readonly TimeSpan Confirmation = TimeSpan.FromSeconds(2);

    private bool _wasRead;

    /// <summary>What was read last, confirmed or not.</summary>
    public Secret? Last { get; private set; }

    /// <summary>Reads; false when what was read is new and must be read again.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public bool TryRead(out Secret? secret)
    {
        secret = source.Read();
        var confirmed = !_wasRead || (secret is null ? Last is null : secret.Equals(Last));
        (_wasRead, Last) = (true, secret);
        return confirmed;
    }
}
