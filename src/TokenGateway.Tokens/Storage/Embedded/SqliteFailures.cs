using Microsoft.Data.Sqlite;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>What SQLite's result codes mean for the person who runs the gateway.</summary>
internal static class SqliteFailures
{
    // Primary result codes, https://sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    public static StoreUnavailableException Translate(SqliteException exception, string path)
    {
        var (problem, remedy) = Explain(exception.SqliteErrorCode);
        return new StoreUnavailableException($"The store file '{path}' {problem} (SQLite error {exception.SqliteExtendedErrorCode}): {remedy}", exception);
    }

    public static StoreUnavailableException Timeout(string path) => new($"The store file '{path}' {Explain(Busy).Problem}: {Explain(Busy).Remedy}");

    private static (string Problem, string Remedy) Explain(int code) => code switch
    {
        Busy or Locked => ("stayed locked for longer than TokenGateway:Store:OperationTimeout",
            "look for a process that holds it, such as a backup or a suspended replica."),
        ReadOnly => ("cannot be written", "give this process write permission on the file and its folder, or set TokenGateway:Store:Path to another place."),
        InputOutput => ("cannot be read or written", "check the disk; the file must be on a local file system, not on a network share."),
        Corrupt or NotADatabase => ("is damaged or not a database", "restore it from a backup, or move it away and reseed the credentials."),
        Full => ("cannot grow because the disk is full", "free some space on its volume."),
        CannotOpen => ("cannot be opened", "check that TokenGateway:Store:Path names a file in a folder that this process may write."),
        _ => ("failed", "check the file and its volume."),
    };
}
