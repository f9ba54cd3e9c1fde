using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>What the journal logs. All in one place: the generator takes the parts of a class in no certain order, and the same sources must give the same bytes.</summary>
internal sealed partial class Journal
{
    [LoggerMessage(EventIds.JournalFileImported, LogLevel.Information,
        "Took over {Entries} entries of the journal file {File}, which an earlier process left; {Damaged} bytes of it were damaged or half written.")]
    private partial void LogImported(string file, int entries, long damaged);

    [LoggerMessage(EventIds.JournalFileForeign, LogLevel.Error,
        "The journal file {File} holds {Frames} entries that cannot be read (keys: {Keys}), perhaps the only copy of a token. "
        + "It is left where it is: bring the missing key back into TokenGateway:Encryption:Keys, or a later version of this program, and start again.")]
    private partial void LogForeign(string file, int frames, string keys);

    [LoggerMessage(EventIds.JournalFileNotImported, LogLevel.Error,
        "The journal file {File} in TokenGateway:Store:JournalPath could not be taken over ({Reason}). It is left where it is; the next start tries again.")]
    private partial void LogNotImported(string file, string reason);

    [LoggerMessage(EventIds.JournalFileNotDeleted, LogLevel.Warning,
        "A journal file that is no longer needed could not be deleted ({Reason}). It does no harm; the next start tries again.")]
    private partial void LogNotDeleted(string reason);

    [LoggerMessage(EventIds.JournalNotWritten, LogLevel.Warning,
        "The journal could not be written ({Reason}). Look after the disk of TokenGateway:Store:JournalPath: while it fails, rotations are put off until the access token is about to die.")]
    private partial void LogNotWritten(string reason);
}
