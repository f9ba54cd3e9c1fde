using Microsoft.Extensions.Time.Testing;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Tests.Records;

namespace TokenGateway.Tokens.Tests.Rotation;

public sealed class CredentialMemoryTests
{
    private readonly CredentialMemory _memory = new(SettingsSamples.Credential(), TimeProvider.System, RandomSource.System);

    [Fact]
    public void An_announcement_that_comes_late_does_not_take_a_record_back_a_step()
    {
        var inFlight = RecordSamples.Ready() with { Step = 1, Attempts = [RecordSamples.Attempt()] };
        var rejected = RecordSamples.Ready() with { Step = 2, Rejection = "invalid_grant" };
        _memory.Offer(rejected);

        Assert.False(_memory.Offer(inFlight));

        Assert.Equal("invalid_grant", _memory.View.Record?.Rejection);
    }

    [Fact]
    public void A_later_step_of_the_same_record_is_taken_over()
    {
        _memory.Offer(RecordSamples.Ready());

        Assert.True(_memory.Offer(RecordSamples.Ready() with { Step = 1, Attempts = [RecordSamples.Attempt()] }));

        Assert.Single(_memory.View.Record!.Attempts);
    }

    [Fact]
    public void A_token_that_the_provider_calls_dead_is_sent_only_while_MinRefreshInterval_alone_forbids_the_next_rotation()
    {
        var (memory, time) = Holding(RecordSamples.Ready());

        memory.Update(view => view.Condemn(isFresh: true) with { InvalidByVerdict = true });
        Assert.True(memory.IsUsable);
        time.Advance(SettingsSamples.Credential().MinRefreshInterval);
        Assert.False(memory.IsUsable);

        memory.Update(view => view with { FoundInvalid = false, InvalidByVerdict = false });
        Assert.True(memory.IsUsable);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_token_that_the_provider_calls_dead_is_not_sent_where_its_refresh_token_is_in_doubt_or_dead(bool inDoubt)
    {
        var (memory, _) = Holding(inDoubt ? RecordSamples.Ready() with { Attempts = [RecordSamples.Attempt(doubtful: true)] } : RecordSamples.Ready() with { Rejection = "invalid_grant" });
        Assert.True(memory.IsUsable);

        memory.Update(view => view.Condemn(isFresh: true) with { InvalidByVerdict = true });

        Assert.False(memory.IsUsable);
    }

    [Fact]
    public void A_token_that_only_an_upstream_has_answered_with_401_is_sent()
    {
        var (memory, _) = Holding(RecordSamples.Ready() with { Rejection = "invalid_grant" });

        memory.Update(view => view.Condemn(isFresh: false));

        Assert.True(memory.IsUsable);
    }

    private static (CredentialMemory Memory, FakeTimeProvider Time) Holding(CredentialRecord record)
    {
        var time = new FakeTimeProvider(RecordSamples.Noon);
        var memory = new CredentialMemory(SettingsSamples.Credential(), time, RandomSource.System);
        memory.Offer(record);
        return (memory, time);
    }

    [Fact]
    public void A_record_that_knows_the_stores_to_be_spent_does_not_give_way_to_it()
    {
        var seeded = RecordSamples.Ready();
        var forgotten = seeded.Child("id_2") with { RefreshToken = new Secret("refresh_token_2"), SpentTokens = [seeded.Fingerprints.Of(seeded.RefreshToken)] };
        _memory.Offer(forgotten);

        Assert.Equal("id_2", _memory.Meet(seeded with { Id = "begun anew", Family = "another" }).Id);
        Assert.Equal("stranger", _memory.Meet(seeded with { Id = "stranger", Family = "another", RefreshToken = new Secret("never seen") }).Id);
    }
}
