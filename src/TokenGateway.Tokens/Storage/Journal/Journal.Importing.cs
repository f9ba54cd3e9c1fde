namespace TokenGateway.Tokens.Storage.Journal;

/// <content>Takes over what dead processes left. A file goes only when everything in it is on disk in this process's own.</content>
internal sealed partial class Journal
{
    private async Task TryImportAsync(string name)
    {
        try
        {
            if (await disk.TryOpenAsync(name) is { } file)
            {
                await using (file)
                {
                    await ImportAsync(file);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNotImported(name, error.Message);
        }
    }

    private async Task ImportAsync(IJournalFile file)
    {
        var reading = _frames.Read((await file.ReadAsync()).Span);
        var left = new JournalContent();
        foreach (var entry in reading.Entries)
        {
            left.Apply(entry);
        }

        // In memory first: it counts for this process even if its own file cannot be written.
        var news = left.ToEntries().Where(_content.Apply).ToList();
        await CopyAsync(news);
        LogImported(file.Name, news.Count, reading.Damaged);
        if (reading.Foreign == 0)
        {
            await file.DeleteAsync();
        }
        else
        {
            var missing = string.Join(", ", reading.ForeignKeys);
            LogForeign(file.Name, reading.Foreign, missing);
            Unread = $"the journal file {file.Name} holds {reading.Foreign} entries that cannot be read (keys: {missing})";
        }
    }

    private async Task CopyAsync(List<JournalEntry> news)
    {
        try
        {
            if (_failed)
            {
                // What an earlier file held is in memory and not in the log: only all of it will do.
                await RewriteAsync();
            }
            else if (news.Count > 0)
            {
                await WriteAllAsync(Log, news);
            }
        }
        catch
        {
            _failed = true;
            throw;
        }
    }
}
