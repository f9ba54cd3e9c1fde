using System.Text.Json;

namespace TokenGateway.Faults.Oracle;

/// <summary>The readable header of a record that passed a proxy.</summary>
internal sealed record SeenRecord(string Credential, string Family, long Generation, string Id, string Phase, IReadOnlyList<SeenAttempt> Attempts)
{
    /// <param name="header">The header's JSON, which may be cut off behind its attempts.</param>
    public static SeenRecord Parse(ReadOnlySpan<byte> header)
    {
        var reader = new Utf8JsonReader(header);
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        return new SeenRecord(
            root.GetProperty("credential").GetString()!,
            root.GetProperty("family").GetString()!,
            root.GetProperty("generation").GetInt64(),
            root.GetProperty("id").GetString()!,
            root.GetProperty("phase").GetString()!,
            [.. root.GetProperty("attempts").EnumerateArray().Select(attempt => new SeenAttempt(
                attempt.GetProperty("id").GetString()!, attempt.GetProperty("sendBy").GetDateTimeOffset()))]);
    }
}

/// <summary>A declared intent to send the refresh token.</summary>
/// <param name="Id">Its own.</param>
/// <param name="SendBy">In the store's time, which is this machine's.</param>
internal sealed record SeenAttempt(string Id, DateTimeOffset SendBy);
