using TokenGateway.Tokens.Rotation;

namespace TokenGateway.Tokens.Tests.Rotation;

public sealed class BackoffTests
{
    private readonly Backoff _backoff = new(new SeededRandom(1));

    [Fact]
    public void Next_doubles_from_one_second_to_thirty_with_jitter_on_the_upper_half()
    {
        foreach (var ceiling in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            Assert.InRange(_backoff.Next(TimeSpan.FromHours(1)).TotalSeconds, ceiling / 2.0, ceiling);
        }
    }

    [Fact]
    public void Next_at_the_end_of_a_token_is_a_tenth_of_its_rest_but_never_next_to_nothing()
    {
        Assert.InRange(_backoff.Next(TimeSpan.FromSeconds(5)).TotalMilliseconds, 250, 500);
        Assert.InRange(_backoff.Next(TimeSpan.FromMilliseconds(1)).TotalMilliseconds, 50, 100);
    }

    [Fact]
    public void NextAfterResponse_has_a_floor_so_that_a_dying_token_makes_no_loop_of_requests()
    {
        foreach (var ceiling in new[] { 1, 2, 4, 5, 5, 5, 5 })
        {
            Assert.InRange(_backoff.NextAfterResponse(TimeSpan.FromMilliseconds(1)).TotalSeconds, ceiling / 2.0, ceiling);
        }
    }

    [Fact]
    public void Next_after_a_tokens_end_is_not_lengthened_by_the_short_pauses_before_it()
    {
        for (var pauses = 0; pauses < 20; pauses++)
        {
            _backoff.Next(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_backoff.Next(TimeSpan.Zero).TotalSeconds, 0.5, 1);
    }
}
