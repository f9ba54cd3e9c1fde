namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>A journal file that this process holds. It is released by disposing, or by the end of the process.</summary>
internal interface IJournalFile : IAsyncDisposable
{
    string Name { get; }

    /// <summary>The whole file.</summary>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync();

    /// <summary>Writes at an offset, which may be the end. Takes new blocks only past the end.</summary>
    ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes);

    /// <summary>What was written, and the length, outlive a crash of the machine once this returns.</summary>
    ValueTask FlushAsync();

    /// <summary>Removes the file while it is held, so that nobody opens it in between.</summary>
    ValueTask DeleteAsync();
}
