using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Tests.Records;

namespace TokenGateway.Tokens.Tests.Rotation;

public sealed class SuccessorTests
{
    private static readonly RotationStamp Stamp = new("id_next", RecordSamples.Noon, "replica_1", TimeSpan.Zero);

    [Fact]
    public void A_heal_carries_along_a_spare_that_only_the_store_knew()
    {
        var stored = RecordSamples.Ready() with { Spares = [Spare("family_2", "spare")] };
        var held = RecordSamples.Ready().Child("id_2") with { RefreshToken = new Secret("refresh_token_2") };

        Assert.Equal("spare", held.Joining(stored).Spares.Single().RefreshToken.Reveal());
        Assert.Same(held, held.Joining(RecordSamples.Ready()));
    }

    [Fact]
    public void A_heal_carries_the_stores_doubts_into_the_pair_that_was_laid_aside()
    {
        var replaced = RecordSamples.Ready();
        var reseeded = replaced.Reseeded(new Seed(new Secret("seed_2"), null, default), "family_2", "binding_1", Stamp);

        var healed = reseeded.Joining(replaced with { Attempts = [RecordSamples.Attempt("begun below the seed")] });

        Assert.Equal("begun below the seed", healed.Spares.Single().Attempts.Single().Id);
    }

    [Fact]
    public void A_pair_keeps_the_doubt_of_a_request_that_was_made_after_its_own_with_the_token_before()
    {
        var later = RecordSamples.Attempt("later") with { StartedAt = RecordSamples.Noon.AddSeconds(6) };
        var parent = RecordSamples.Ready() with { Attempts = [RecordSamples.Attempt("ours"), later] };
        var next = RecordSamples.Ready().Child("id_2") with { RefreshToken = new Secret("refresh_token_2"), IntentAt = RecordSamples.Noon };

        var joined = next.Joining(parent);

        Assert.Equal(later with { OnParent = true }, joined.Attempts.Single());
        Assert.Same(joined, joined.Joining(parent));
    }

    [Fact]
    public void What_comes_into_use_with_a_dead_access_token_leaves_the_living_one_in_use()
    {
        var current = RecordSamples.Ready() with { Rejection = "invalid_grant" };
        var spare = Spare("family_2", "spare") with { AccessTokenExpiresAt = RecordSamples.Noon.AddHours(-1) };

        var next = current.FallenBackTo(spare, Stamp);

        Assert.Equal((current.AccessToken, current.AccessTokenExpiresAt, true), (next.AccessToken, next.AccessTokenExpiresAt, next.NeedsAccessToken));
        Assert.Equal("spare", next.RefreshToken.Reveal());
    }

    private static SparePair Spare(string family, string refreshToken) =>
        SparePair.Of(RecordSamples.Ready() with { Family = family, RefreshToken = new Secret(refreshToken) }, SpareKind.Alternate);
}
