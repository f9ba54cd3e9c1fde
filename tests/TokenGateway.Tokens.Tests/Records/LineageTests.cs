using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Tests.Records;

public sealed class LineageTests
{
    private static readonly CredentialRecord Root = RecordSamples.Ready("root");

    [Fact]
    public void A_child_and_a_grandchild_descend() =>
        Assert.True(Lineage.Descends(Root.Child("child"), Root) && Lineage.Descends(Root.Child("child").Child("grandchild"), Root));

    [Fact]
    public void A_parent_and_the_record_itself_do_not() =>
        Assert.False(Lineage.Descends(Root, Root.Child("child")) || Lineage.Descends(Root, Root));

    [Fact]
    public void A_reseed_descends_from_what_it_replaced()
    {
        var reseeded = Root.Child("child") with { Family = "family_2", Generation = 0 };

        Assert.True(Lineage.Descends(reseeded, Root));
        Assert.False(Lineage.Descends(Root, reseeded));
    }

    [Fact]
    public void Two_children_of_one_parent_do_not_replace_each_other() =>
        Assert.False(Lineage.Descends(Root.Child("one"), Root.Child("two")) || Lineage.Descends(Root.Child("two"), Root.Child("one")));

    [Fact]
    public void An_unrelated_family_does_not_replace_however_high_its_generation() =>
        Assert.False(Lineage.Descends(Root with { Id = "x", Family = "family_2", Generation = 99 }, Root));

    [Fact]
    public void Where_the_list_has_grown_past_it_the_generation_within_the_family_decides()
    {
        var old = Root;
        var current = old;
        for (var i = 0; i < CredentialRecord.MaxAncestors + 5; i++)
        {
            current = current.Child($"id_{i}");
        }

        Assert.DoesNotContain(old.Id, current.Ancestors);
        Assert.True(Lineage.Descends(current, old));
        Assert.False(Lineage.Descends(old, current));
    }
}
