using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Tests.Records;

namespace TokenGateway.Tokens.Tests.Rotation;

public sealed class AmendmentsTests
{
    private readonly Amendments _amendments = new();

    [Fact]
    public void Clearing_removes_only_ones_own_attempt_so_that_an_earlier_doubt_stays()
    {
        var record = RecordSamples.Ready() with
        {
            Attempts = [RecordSamples.Attempt("theirs", doubtful: true), RecordSamples.Attempt("ours")],
        };

        _amendments.Clear("ours");

        Assert.Equal(["theirs"], _amendments.Apply(record).Attempts.Select(attempt => attempt.Id));
        Assert.Equal(RecordPhase.InDoubt, _amendments.Apply(record).Phase);
    }

    [Fact]
    public void A_doubt_is_put_into_the_record()
    {
        _amendments.Doubt("id_1", RecordSamples.Attempt("ours"));

        Assert.Equal(RecordPhase.InDoubt, _amendments.Apply(RecordSamples.Ready() with { Attempts = [RecordSamples.Attempt("ours")] }).Phase);
    }

    [Fact]
    public void A_rejection_belongs_to_its_record_and_never_to_the_next()
    {
        var record = RecordSamples.Ready();

        _amendments.Reject(record, "invalid_grant");

        Assert.Equal("invalid_grant", _amendments.Apply(record).Rejection);
        Assert.Null(_amendments.Apply(record.Child("next")).Rejection);
    }

    [Fact]
    public void A_record_with_nothing_to_add_comes_back_as_the_same_object()
    {
        var record = RecordSamples.Ready() with { Attempts = [RecordSamples.Attempt("theirs")] };

        _amendments.Clear("ours");

        Assert.Same(record, _amendments.Apply(record));
    }

    [Fact]
    public void A_verdict_that_somebody_has_overruled_elsewhere_is_not_put_back()
    {
        var record = RecordSamples.Ready() with { Attempts = [RecordSamples.Attempt("ours")] };
        _amendments.Clear("ours");
        _amendments.Reject(record, "invalid_grant");
        var forced = RecordSamples.Ready() with { Attempts = [RecordSamples.Attempt("of another replica")] };

        Assert.Null(_amendments.Apply(forced).Rejection);
        Assert.Null(_amendments.Apply(RecordSamples.Ready()).Rejection);
    }

    [Fact]
    public void A_spare_of_the_family_in_use_is_news_only_if_it_came_after_the_token_in_use()
    {
        var parent = RecordSamples.Ready();
        var current = parent.Child("current") with { RefreshToken = new Secret("current"), IntentAt = RecordSamples.Noon };
        _amendments.Spare(SparePair.Of(current with { RefreshToken = new Secret("earlier"), IntentAt = RecordSamples.Noon.AddSeconds(-5) }, SpareKind.Alternate));
        Assert.Same(current, _amendments.Apply(current));

        _amendments.Spare(SparePair.Of(current with { RefreshToken = new Secret("later"), IntentAt = RecordSamples.Noon.AddSeconds(5) }, SpareKind.Alternate));
        Assert.True(_amendments.Apply(current).Spares.Single().Supersedes(current));
    }

    [Fact]
    public void The_pair_that_a_late_answer_replaces_is_not_kept_beside_it()
    {
        var replaced = RecordSamples.Ready();
        var seeded = replaced with
        {
            Family = "family_2",
            Generation = 0,
            RefreshToken = new Secret("seed_2"),
            Spares = [SparePair.Of(replaced, SpareKind.Previous)],
        };

        _amendments.Spare(SparePair.Of(replaced.Child("late") with { RefreshToken = new Secret("late") }, SpareKind.Alternate));

        Assert.Equal("late", _amendments.Apply(seeded).Spares.Single().RefreshToken.Reveal());
    }
}
