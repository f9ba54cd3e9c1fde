using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>"Not sent" must stay true, whatever a handler still does behind a call that has been given up.</summary>
public sealed class RefreshContentTests
{
    private readonly MemoryStream _wire = new();

    [Fact]
    public async Task Withdrawn_content_can_never_be_written()
    {
        using var content = Content(TestProvider.Deadline());

        Assert.True(content.TryWithdraw());

        await Assert.ThrowsAsync<InvalidOperationException>(() => content.CopyToAsync(_wire));
        Assert.Equal(0, _wire.Length);
        Assert.True(content.TryWithdraw());
    }

    [Fact]
    public async Task Written_content_cannot_be_withdrawn_nor_written_again()
    {
        using var content = Content(TestProvider.Deadline());

        await content.CopyToAsync(_wire);

        Assert.False(content.TryWithdraw());
        await Assert.ThrowsAsync<InvalidOperationException>(() => content.CopyToAsync(_wire));
        Assert.Equal(4, _wire.Length);
        Assert.False(content.TryWithdraw());
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(60, false)]
    public async Task Deadline_is_checked_when_the_body_is_written(int seconds, bool written)
    {
        var time = TestProvider.FakeTime();
        using var content = Content(TestProvider.Deadline(time));
        time.Advance(TimeSpan.FromSeconds(seconds));

        var failure = await Record.ExceptionAsync(() => content.CopyToAsync(_wire));

        Assert.Equal(written, failure is null);
        Assert.Equal(written ? 4 : 0, _wire.Length);
        Assert.Equal(!written, content.TryWithdraw());
        Assert.Equal(!written, content.DeadlinePassed);
    }

    [Fact]
    public async Task Step_of_the_wall_clock_past_the_deadline_stops_the_body()
    {
        var time = TestProvider.FakeTime();
        using var content = Content(TestProvider.Deadline(time));
        time.AdjustTime(TestProvider.Now.AddHours(1));

        await Assert.ThrowsAsync<TimeoutException>(() => content.CopyToAsync(_wire));
    }

    [Fact]
    public async Task Write_that_fails_counts_as_sent()
    {
        using var content = Content(TestProvider.Deadline());

        await Assert.ThrowsAnyAsync<Exception>(() => content.CopyToAsync(new MemoryStream([], writable: false)));

        Assert.False(content.TryWithdraw());
    }

    private static RefreshContent Content(SendDeadline deadline) => new("body"u8.ToArray(), "application/json", deadline);
}
