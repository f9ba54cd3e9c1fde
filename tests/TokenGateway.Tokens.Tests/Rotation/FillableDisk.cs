using TokenGateway.Tokens.Storage.Journal;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>A folder on a disk that can be full: what is there can be written over, and nothing can grow.</summary>
internal sealed class FillableDisk(IJournalDisk disk) : IJournalDisk
{
    public bool IsFull { get; set; }

    public ValueTask OpenAsync() => disk.OpenAsync();

    public ValueTask<IReadOnlyList<string>> ListAsync() => disk.ListAsync();

    public async ValueTask<IJournalFile> CreateAsync(string name) => new FillableFile(this, await disk.CreateAsync(name));

    public async ValueTask<IJournalFile?> TryOpenAsync(string name) => await disk.TryOpenAsync(name) is { } file ? new FillableFile(this, file) : null;

    private sealed class FillableFile(FillableDisk disk, IJournalFile file) : IJournalFile
    {
        public string Name => file.Name;

        public ValueTask<ReadOnlyMemory<byte>> ReadAsync() => file.ReadAsync();

        public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes)
        {
            if (disk.IsFull && offset + bytes.Length > (await file.ReadAsync()).Length)
            {
                throw new IOException("No space left on device");
            }

            await file.WriteAsync(offset, bytes);
        }

        public ValueTask FlushAsync() => file.FlushAsync();

        public ValueTask DeleteAsync() => file.DeleteAsync();

        public ValueTask DisposeAsync() => file.DisposeAsync();
    }
}
