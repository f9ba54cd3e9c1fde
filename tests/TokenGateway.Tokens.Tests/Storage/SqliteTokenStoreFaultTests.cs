using Microsoft.Data.Sqlite;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Storage;

public sealed class SqliteTokenStoreFaultTests : TokenStoreFaultConformance
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-store-");
    private SqliteConnection? _holder;

    private string FilePath => Path.Combine(_folder.FullName, "tokengateway.db");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private protected override Task<StoreInstance> OpenInstanceAsync(TimeSpan operationTimeout) =>
        StoreInstance.OpenAsync(new StoreSettings { Path = FilePath, OperationTimeout = operationTimeout });

    private protected override Task StallAsync()
    {
        _holder = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        _holder.Open();
        return ExecuteAsync("BEGIN IMMEDIATE");
    }

    private protected override async Task ResumeAsync()
    {
        await ExecuteAsync("ROLLBACK");
        await _holder!.DisposeAsync();
    }

    // Nothing but the file outlives the instance that was closed. Kills in the middle of a write are the end-to-end tests' matter.
    private protected override Task CrashAsync() => Task.CompletedTask;

    private protected override Task SaveAsync()
    {
        File.Copy(FilePath, FilePath + ".saved");
        return Task.CompletedTask;
    }

    private protected override Task LoseAsync()
    {
        File.Copy(FilePath + ".saved", FilePath, overwrite: true);
        return Task.CompletedTask;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new SqliteCommand(sql, _holder);
        await command.ExecuteNonQueryAsync();
    }
}
