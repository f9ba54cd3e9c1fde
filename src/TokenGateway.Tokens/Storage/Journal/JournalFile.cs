namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>A file of a <see cref="JournalFolder"/>.</summary>
internal sealed class JournalFile(string name, FileStream stream) : IJournalFile
{
    public string Name => name;

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync() => new(DiskWork.RunAsync(
        () =>
        {
            var bytes = new byte[RandomAccess.GetLength(stream.SafeFileHandle)];
            var count = 0;
            while (count < bytes.Length && RandomAccess.Read(stream.SafeFileHandle, bytes.AsSpan(count), count) is > 0 and var read)
            {
                count += read;
            }

            return (ReadOnlyMemory<byte>)bytes.AsMemory(0, count);
        },
        CancellationToken.None));

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes) => new(DiskWork.RunAsync(
        () => RandomAccess.Write(stream.SafeFileHandle, bytes.Span, offset), CancellationToken.None));

    public ValueTask FlushAsync() => new(DiskWork.RunAsync(() => RandomAccess.FlushToDisk(stream.SafeFileHandle), CancellationToken.None));

    public ValueTask DeleteAsync() => new(DiskWork.RunAsync(
        () =>
        {
            File.Delete(stream.Name);
            FolderEntries.Flush(Path.GetDirectoryName(stream.Name)!);
        },
        CancellationToken.None));

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
