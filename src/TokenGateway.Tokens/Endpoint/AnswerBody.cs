namespace TokenGateway.Tokens.Endpoint;

/// <summary>Reads as much of a body as there is. A body that breaks off is a result, not an error: it may hold a whole token.</summary>
internal static class AnswerBody
{
    /// <summary>The most that is read, in bytes. No honest token answer comes near it.</summary>
    public const int Limit = 64 * 1024;

    public static async Task<(ReadOnlyMemory<byte> Body, bool Complete)> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        // One byte more than the limit tells a body that just fits from one that does not.
        var buffer = new byte[Limit + 1];
        var count = 0;
        var ended = false;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (count < buffer.Length && !ended)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(count), cancellationToken);
                count += read;
                ended = read == 0;
            }
        }
        catch (Exception)
        {
            // Whatever ended it, what has come so far counts.
            return (buffer.AsMemory(0, Math.Min(count, Limit)), false);
        }

        return (buffer.AsMemory(0, Math.Min(count, Limit)), ended);
    }
}
