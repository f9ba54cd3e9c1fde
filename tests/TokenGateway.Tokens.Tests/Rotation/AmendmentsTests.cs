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

        _amendments.Reject(record.Id, "invalid_grant");

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
}
