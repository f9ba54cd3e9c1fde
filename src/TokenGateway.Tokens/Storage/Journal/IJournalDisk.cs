namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>Where journal files are: a real folder, or a simulation's. Every call may throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
internal interface IJournalDisk
{
    /// <summary>Makes the folder where it is missing and proves that it can be written.</summary>
    ValueTask OpenAsync();

    /// <summary>The names of the journal files, held or not.</summary>
    ValueTask<IReadOnlyList<string>> ListAsync();

    /// <summary>A new, empty file that only this process can open, and whose name outlives a crash of the machine once this returns.</summary>
    ValueTask<IJournalFile> CreateAsync(string name);

    /// <summary>An existing file, from now on held by this process; null when another one holds it or it is gone.</summary>
    ValueTask<IJournalFile?> TryOpenAsync(string name);
}
