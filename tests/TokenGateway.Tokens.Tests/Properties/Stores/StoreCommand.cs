namespace TokenGateway.Tokens.Tests.Properties.Stores;

/// <summary>
/// What may be asked of a store. Leases and revisions are named by small numbers, so that commands meet; what a command needs
/// to know of the past (the revision, the fence) is either what the store last held or wrong by a little.
/// </summary>
internal abstract record StoreCommand
{
    public sealed record ReadCommand : StoreCommand;

    public sealed record AcquireCommand(int Lease, TimeSpan Duration) : StoreCommand;

    public sealed record RenewCommand(int Lease, TimeSpan Duration) : StoreCommand;

    public sealed record ReleaseCommand(int Lease) : StoreCommand;

    /// <summary>Renews the lease for a moment that passes.</summary>
    public sealed record LapseCommand(int Lease) : StoreCommand;

    /// <param name="Expected">Which revision the write expects.</param>
    /// <param name="Guard">The lease of its guard, if it has one.</param>
    /// <param name="FenceOff">How far the guard's fence is off.</param>
    /// <param name="Document">The new document.</param>
    /// <param name="Announce">Whether it is announced.</param>
    /// <param name="MinimumFence">What the fence is raised to.</param>
    public sealed record WriteCommand(Expectation Expected, int? Guard, int FenceOff, byte[] Document, bool Announce, long MinimumFence) : StoreCommand
    {
        public override string ToString() =>
            $"Write {{ {Expected}, guard {Guard} fence {FenceOff:+0;-0;+0}, {Convert.ToHexString(Document)}, announce {Announce}, minimum {MinimumFence} }}";
    }

    public sealed record AppendCommand(byte[] Entry, int Times) : StoreCommand
    {
        public override string ToString() => $"Append {{ {Convert.ToHexString(Entry)}, {Times} times }}";
    }

    /// <summary>Which revision a write expects.</summary>
    public enum Expectation { Current, None, Another }
}
