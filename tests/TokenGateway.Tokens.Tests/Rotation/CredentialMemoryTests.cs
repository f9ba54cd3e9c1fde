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
    public void A_record_that_knows_the_stores_to_be_spent_does_not_give_way_to_it()
    {
        var seeded = RecordSamples.Ready();
        var forgotten = seeded.Child("id_2") with { RefreshToken = new Secret("refresh_token_2"), SpentTokens = [seeded.Fingerprints.Of(seeded.RefreshToken)] };
        _memory.Offer(forgotten);

        Assert.Equal("id_2", _memory.Meet(seeded with { Id = "begun anew", Family = "another" }).Id);
        Assert.Equal("stranger", _memory.Meet(seeded with { Id = "stranger", Family = "another", RefreshToken = new Secret("never seen") }).Id);
    }
}
