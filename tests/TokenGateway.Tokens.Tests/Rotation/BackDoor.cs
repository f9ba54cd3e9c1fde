using Microsoft.Data.Sqlite;
using StackExchange.Redis;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>What somebody can do to a fleet's record who reaches the store itself, past every replica: read the bytes, and put others there.</summary>
internal sealed class BackDoor(StoreSettings store)
{
    public async Task<StoredRecord> ReadAsync()
    {
        if (store.Kind == StoreKind.Redis)
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(store.Redis!.Reveal());
            var fields = await redis.GetDatabase().HashGetAsync(Key, ["revision", "document"]);
            return new StoredRecord(fields[0]!, (byte[])fields[1]!);
        }

        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT revision, document FROM record WHERE credential = $credential";
        command.Parameters.AddWithValue("$credential", Fleet.Name);
        await using var rows = await command.ExecuteReaderAsync();
        Assert.True(await rows.ReadAsync());
        return new StoredRecord(rows.GetString(0), (byte[])rows.GetValue(1));
    }

    public async Task WriteAsync(StoredRecord record)
    {
        if (store.Kind == StoreKind.Redis)
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(store.Redis!.Reveal());
            await redis.GetDatabase().HashSetAsync(Key, [new HashEntry("revision", record.Revision), new HashEntry("document", record.Document)]);
            return;
        }

        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE record SET revision = $revision, document = $document WHERE credential = $credential";
        command.Parameters.AddWithValue("$credential", Fleet.Name);
        command.Parameters.AddWithValue("$revision", record.Revision);
        command.Parameters.AddWithValue("$document", record.Document.ToArray());
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    private string Key => $"{store.KeyPrefix}:{{{Fleet.Name}}}:record";

    private async Task<SqliteConnection> OpenAsync()
    {
        var connection = new SqliteConnection($"Data Source={store.Path};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }
}
