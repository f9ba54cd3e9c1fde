using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>
/// What came back from the token endpoint, and the newest records, on this machine's disk (docs/rotation.md, steps 6 and 9): an answer
/// is kept here before it is parsed, so that neither a crash nor a store that is away can lose it. One per process, for all
/// credentials and for any thread. Each process has a file of its own and takes over those whose process is gone.
/// </summary>
internal sealed partial class Journal(IJournalDisk disk, KeyRing keys, RandomSource random, ILogger logger) : IAsyncDisposable
{
    /// <summary>Below this many bytes a log is never rewritten.</summary>
    private const long SmallLog = 1024 * 1024;

    /// <summary>A log is rewritten when it has grown to this many times what it was rewritten to.</summary>
    private const int GrowthFactor = 4;

    private readonly JournalFrames _frames = new(keys);
    private readonly JournalContent _content = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private JournalLog? _log;
    private long _reserved;
    private long _rewriteAt = SmallLog;
    private bool _failed;

    /// <summary>Takes a file of its own and imports every file that nobody holds. Once, before anything else.</summary>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not write the folder.</exception>
    public async Task OpenAsync()
    {
        await disk.OpenAsync();
        var left = await disk.ListAsync();
        _log = new JournalLog(await disk.CreateAsync(random.NextId()));
        foreach (var name in left.Order(StringComparer.Ordinal))
        {
            await TryImportAsync(name);
        }
    }

    /// <summary>The credentials of which anything is kept, those that are no longer configured included.</summary>
    public IReadOnlyCollection<string> Credentials => _content.Credentials;

    /// <summary>What of an earlier process's leavings cannot be read here, in words that may be shown; null where all could be. Any of it may be the newest pair of any credential.</summary>
    public string? Unread { get; private set; }

    /// <summary>What is kept of a credential, dead processes' leavings included.</summary>
    public JournalFindings Find(string credential) => _content.Find(credential);

    /// <summary>
    /// Makes sure of room for one answer: its blocks are on disk when this returns. Where copies are written on write (btrfs, ZFS) a full
    /// disk can refuse them all the same.
    /// </summary>
    /// <param name="bytes">The most that the answer's body and its in-flight record come to together.</param>
    /// <exception cref="IOException">The disk is full or failed: the rotation should wait.</exception>
    public async Task<JournalReservation> ReserveAsync(int bytes)
    {
        var size = JournalFrames.SizeFor(bytes + JournalEntryCodec.AnswerOverhead);
        await _gate.WaitAsync();
        try
        {
            var log = await UsableLogAsync();
            await log.EnsureRoomAsync(Interlocked.Read(ref _reserved) + size);
            Interlocked.Add(ref _reserved, size);
            return new JournalReservation(this, size);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The journal has no room for an answer ({error.Message}): make space on the disk of TokenGateway:Store:JournalPath, or set it to a folder elsewhere.",
                error);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// The store holds this record, or a descendant of it: everything else of the credential is forgotten, except answers to rotations that
    /// began from this very record, and those to the attempts in <paramref name="kept"/>, which could not be understood. Not flushed, as forgetting late harms nothing; a disk that fails here is reported and makes up for it at the next rewriting.
    /// </summary>
    public async Task SettleAsync(string credential, StoredRecord newest, IReadOnlyList<string> kept)
    {
        await _gate.WaitAsync();
        try
        {
            var entry = new CredentialSettled(credential, newest, kept);
            if (_content.Apply(entry))
            {
                await WriteSettledAsync(entry);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_log is { } log)
            {
                _log = null;
                await log.DisposeAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    internal void GiveBack(long bytes) => Interlocked.Add(ref _reserved, -bytes);

    internal async Task KeepAsync(JournalReservation reservation, JournaledAnswer answer)
    {
        await _gate.WaitAsync();
        try
        {
            var entry = new AnswerKept(answer);
            _content.Apply(entry);
            await WriteAnswerAsync(entry, reservation.Take());
        }
        finally
        {
            _gate.Release();
        }
    }

    private JournalLog Log => _log ?? throw new InvalidOperationException("The journal is not open.");

    private async Task WriteAnswerAsync(AnswerKept entry, long reserved)
    {
        var log = Log;
        var frame = _frames.Write(entry);
        try
        {
            // Only an answer that is larger than was said needs room here, and must not take that of others.
            await log.EnsureRoomAsync(Interlocked.Read(ref _reserved) - reserved + frame.Length);
            await log.AppendAsync(frame, durable: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The file may be broken and the disk not: one more try, in a new file.
            LogNotWritten(error.Message);
            _failed = true;
            await RewriteAsync();
        }
        finally
        {
            GiveBack(reserved);
        }
    }

    private async Task WriteSettledAsync(CredentialSettled entry)
    {
        try
        {
            var log = await UsableLogAsync();
            var frame = _frames.Write(entry);
            await log.EnsureRoomAsync(Interlocked.Read(ref _reserved) + frame.Length);
            await log.AppendAsync(frame, durable: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The file is complete but for this; the next write makes up for it by rewriting, if there is room for that by then.
            LogNotWritten(error.Message);
            _rewriteAt = 0;
        }
    }
}
