using TokenGateway.Tokens.Storage.Journal;

namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>A disk whose files take their time, and can go bad while new ones are good.</summary>
internal sealed class FailingFiles(IJournalDisk disk) : IJournalDisk
{
    private readonly List<File> _files = [];

    public void FailExisting() => _files.ForEach(file => file.Fails = true);

    public ValueTask OpenAsync() => disk.OpenAsync();

    public ValueTask<IReadOnlyList<string>> ListAsync() => disk.ListAsync();

    public async ValueTask<IJournalFile> CreateAsync(string name)
    {
        var file = new File(await disk.CreateAsync(name));
        _files.Add(file);
        return file;
    }

    public ValueTask<IJournalFile?> TryOpenAsync(string name) => disk.TryOpenAsync(name);

    private sealed class File(IJournalFile file) : IJournalFile
    {
        public bool Fails { get; set; }

        public string Name => file.Name;

        public ValueTask<ReadOnlyMemory<byte>> ReadAsync() => file.ReadAsync();

        public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes)
        {
            // Whoever else may come in between shall.
            await Task.Yield();
            await file.WriteAsync(offset, bytes);
        }

        public ValueTask FlushAsync() => Fails ? throw new IOException("Input/output error") : file.FlushAsync();

        public ValueTask DeleteAsync() => file.DeleteAsync();

        public ValueTask DisposeAsync() => file.DisposeAsync();
    }
}
