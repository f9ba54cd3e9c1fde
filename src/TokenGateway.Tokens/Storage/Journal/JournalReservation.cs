namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>Room on disk for one answer. Disposing it gives back what was not used.</summary>
internal sealed class JournalReservation(Journal journal, long bytes) : IDisposable
{
    private long _bytes = bytes;

    /// <summary>
    /// Keeps the answer: it is on disk when this returns. Fitting into the reservation, it needs nothing that a full disk could refuse.
    /// </summary>
    /// <exception cref="IOException">The disk failed, and a second file could not be written either. The answer is then in this process's memory only.</exception>
    public Task KeepAsync(JournaledAnswer answer) => journal.KeepAsync(this, answer);

    public void Dispose() => journal.GiveBack(Take());

    /// <summary>What is left, once: afterwards nothing is.</summary>
    internal long Take() => Interlocked.Exchange(ref _bytes, 0);
}
