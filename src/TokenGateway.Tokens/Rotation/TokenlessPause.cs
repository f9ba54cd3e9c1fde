using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// The pause after a response that brought a refresh token and no access token: a provider that sends none would otherwise be sent one
/// refresh token after another.
/// </summary>
internal static class TokenlessPause
{
    /// <summary>After the first such response; twice as long after each further one, up to the longest.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>When the provider may be asked again.</summary>
    /// <param name="record">What the response made.</param>
    /// <param name="recordBeforeTheseSettings">The id of the record that was there when the settings changed: that one has no pause.</param>
    /// <param name="now">The present, in our own time.</param>
    public static DateTimeOffset EndsAt(CredentialRecord record, string? recordBeforeTheseSettings, DateTimeOffset now)
    {
        if (record.TokenlessResponses == 0 || record.Id == recordBeforeTheseSettings || ClockStep.IsToCome(record.IssuedAt, now))
        {
            return DateTimeOffset.MinValue;
        }

        var pause = Shortest * Math.Pow(2, Math.Min(record.TokenlessResponses - 1, 10));
        return record.IssuedAt + (pause < Longest ? pause : Longest);
    }
}
