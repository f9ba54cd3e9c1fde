namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// The pause after a rotation that failed without spending anything: doubling from one second, with full jitter on its upper half, at most
/// 30 s and a tenth of the access token's remaining life, so that the last chances come closer together.
/// </summary>
internal sealed class Backoff(RandomSource random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>A tenth of the rest, again and again, would otherwise come to nothing.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan ShortestAfterResponses = TimeSpan.FromSeconds(5);

    private int _failures;

    public void Reset() => _failures = 0;

    /// <summary>
    /// After a response: as above, but a tenth of the rest is never less than 5 s, however little life is left, so that no number of replicas asks a provider in a loop.
    /// </summary>
    public TimeSpan NextAfterResponse(TimeSpan remainingLife)
    {
        var tenth = remainingLife / 10;
        var longest = tenth <= TimeSpan.Zero ? Longest : tenth > ShortestAfterResponses ? tenth : ShortestAfterResponses;
        var ceiling = Doubled();
        _failures++;
        return Jitter(ceiling < longest ? ceiling : longest);
    }

    public TimeSpan Next(TimeSpan remainingLife)
    {
        var ceiling = Doubled();
        var tenth = remainingLife / 10;
        if (tenth > TimeSpan.Zero && tenth < ceiling)
        {
            // The many short pauses at a token's end must not make the first one after it a long one.
            ceiling = tenth > Shortest ? tenth : Shortest;
        }
        else
        {
            _failures++;
        }

        return Jitter(ceiling);
    }

    private TimeSpan Doubled()
    {
        var doubled = First * Math.Pow(2, Math.Min(_failures, 5));
        return doubled < Longest ? doubled : Longest;
    }

    private TimeSpan Jitter(TimeSpan ceiling) => ceiling * (0.5 + (0.5 * random.NextDouble()));
}
