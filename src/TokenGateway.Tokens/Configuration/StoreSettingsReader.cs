using System.Buffers;
using StackExchange.Redis;

namespace TokenGateway.Tokens.Configuration;

/// <summary>Reads <c>TokenGateway:Store</c>.</summary>
internal static class StoreSettingsReader
{
    private static readonly SearchValues<char> PrefixCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    public static StoreSettings Read(SettingsReader reader)
    {
        var defaults = new StoreSettings();
        var kind = reader.Choice<StoreKind>("Kind") ?? defaults.Kind;
        return new StoreSettings
        {
            Kind = kind,
            Path = reader.FullPath(reader.FilledText("Path") ?? defaults.Path),
            Redis = Redis(reader, kind),
            KeyPrefix = KeyPrefix(reader) ?? defaults.KeyPrefix,
            MinReplicas = reader.Number("MinReplicas", least: 0),
            OperationTimeout = reader.Duration("OperationTimeout", DurationRange.PositiveWait) ?? defaults.OperationTimeout,
            PollInterval = reader.Duration("PollInterval", DurationRange.PositiveWait) ?? defaults.PollInterval,
            AllowVolatile = reader.Flag("AllowVolatile") ?? defaults.AllowVolatile,
            JournalPath = reader.FullPath(reader.FilledText("JournalPath") ?? defaults.JournalPath),
        };
    }

    private static string? KeyPrefix(SettingsReader reader)
    {
        // A brace would move a credential's keys to different slots of a cluster.
        var prefix = reader.FilledText("KeyPrefix");
        if (prefix is not null && prefix.AsSpan().ContainsAnyExcept(PrefixCharacters))
        {
            reader.Report("KeyPrefix", "holds other characters than letters, digits and . _ : -");
        }

        return prefix;
    }

    private static Secret? Redis(SettingsReader reader, StoreKind kind)
    {
        var source = reader.Secret("Redis");
        if (kind != StoreKind.Redis || reader.Failed("Redis") || reader.Failed("RedisFile"))
        {
            return null;
        }

        if (source.Read() is not { } configured)
        {
            reader.Report("Redis", "is empty, but Kind is Redis; give a StackExchange.Redis configuration string, as in localhost:6379");
            return null;
        }

        if (!IsConnectionString(configured))
        {
            reader.Report("Redis", "is not a StackExchange.Redis configuration string with a host, as in localhost:6379,ssl=true");
        }

        return configured;
    }

    private static bool IsConnectionString(Secret configured)
    {
        try
        {
            return ConfigurationOptions.Parse(configured.Reveal()).EndPoints.Count > 0;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            return false;
        }
    }
}
