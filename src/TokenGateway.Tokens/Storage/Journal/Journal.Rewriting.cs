namespace TokenGateway.Tokens.Storage.Journal;

/// <content>
/// A log that has grown well beyond its content, or that failed, is left for a new one. The new file is complete and on disk before
/// the old one goes, under a name of its own: whatever a crash leaves, replaying all of it gives the content.
/// </content>
internal sealed partial class Journal
{
    private async Task<JournalLog> UsableLogAsync()
    {
        if (_failed)
        {
            await RewriteAsync();
        }
        else if (Log.Head > _rewriteAt)
        {
            await TryCompactAsync();
        }

        return Log;
    }

    private async Task TryCompactAsync()
    {
        try
        {
            await RewriteAsync();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The old log goes on; the next try is when it has doubled, not at every write.
            _rewriteAt = 2 * Log.Head;
            LogNotWritten(error.Message);
        }
    }

    private async Task RewriteAsync()
    {
        var old = Log;
        var log = new JournalLog(await disk.CreateAsync(random.NextId()));
        try
        {
            await WriteAllAsync(log, _content.ToEntries());
        }
        catch
        {
            await RemoveAsync(log);
            throw;
        }

        _log = log;
        _failed = false;
        _rewriteAt = Math.Max(SmallLog, GrowthFactor * log.Head);
        await RemoveAsync(old);
    }

    private async Task WriteAllAsync(JournalLog log, IReadOnlyList<JournalEntry> entries)
    {
        var frames = entries.Select(_frames.Write).ToList();
        await log.EnsureRoomAsync(frames.Sum(frame => (long)frame.Length) + Interlocked.Read(ref _reserved));
        foreach (var frame in frames)
        {
            await log.AppendAsync(frame, durable: false);
        }

        await log.FlushAsync();
    }

    private async Task RemoveAsync(JournalLog log)
    {
        try
        {
            await log.DeleteAsync();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNotDeleted(error.Message);
        }
        finally
        {
            await log.DisposeAsync();
        }
    }
}
