using CsCheck;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Tests.Records;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>Who descends from whom, in histories that fork as failovers and reseeds make them.</summary>
public sealed class LineageRulesTests(ITestOutputHelper output)
{
    /// <summary>Each step: how far back it forks (mostly not at all), whether it is a reseed, and how many generations follow at once.</summary>
    private static readonly Gen<List<Node>> History = Gen.Select(
        Gen.Frequency((6, Gen.Const(0)), (1, Gen.Int[1, 80])), Gen.Frequency((8, Gen.Const(false)), (1, Gen.Const(true))),
        Gen.Frequency((6, Gen.Const(1)), (1, Gen.Int[20, 60]))).List[1, 12].Select(Grow);

    private static readonly Gen<(List<Node> Nodes, int One, int Other, int Third)> Picks =
        Gen.Select(History, Gen.Int.NonNegative, Gen.Int.NonNegative, Gen.Int.NonNegative);

    private readonly Property _property = new(output);

    [Fact]
    public void Descent_is_what_the_history_says_never_mutual_and_never_between_siblings() => _property.Holds(Picks, sample =>
    {
        var (one, other) = (sample.Nodes[sample.One % sample.Nodes.Count], sample.Nodes[sample.Other % sample.Nodes.Count]);

        AssertDescent(one, other);
        AssertDescent(other, one);
        Assert.False(Lineage.Descends(one.Record, other.Record) && Lineage.Descends(other.Record, one.Record));
    }, Print);

    [Fact]
    public void Descendants_of_descendants_descend_as_far_as_ids_are_remembered() => _property.Holds(Picks, sample =>
    {
        var line = sample.Nodes[sample.One % sample.Nodes.Count].Line;
        var (young, middle, old) = (line[0], line[Math.Min(sample.Other % 25, line.Count - 1)], line[Math.Min(25 + (sample.Third % 25), line.Count - 1)]);

        if (Lineage.Descends(young.Record, middle.Record) && Lineage.Descends(middle.Record, old.Record))
        {
            Assert.True(Lineage.Descends(young.Record, old.Record));
        }
    }, Print);

    private static void AssertDescent(Node one, Node other)
    {
        // Beyond the ids that are remembered, the later generation of the same family counts.
        var expected = one.DistanceTo(other) is > 0 and <= CredentialRecord.MaxAncestors
            || (one.Depth >= CredentialRecord.MaxAncestors && one.Record.Family == other.Record.Family
                && one.Record.Generation > other.Record.Generation);
        Assert.Equal(expected, Lineage.Descends(one.Record, other.Record));
    }

    private static List<Node> Grow(List<(int Back, bool Reseed, int Generations)> steps)
    {
        var nodes = new List<Node> { new(RecordSamples.Ready("id_0") with { Generation = 0 }, null) };
        foreach (var (back, reseed, generations) in steps)
        {
            var parent = nodes[Math.Max(0, nodes.Count - 1 - back)];
            for (var i = 0; i < generations; i++)
            {
                parent = new Node(reseed && i == 0 ? Reseeded(parent, nodes.Count) : Rotated(parent, nodes.Count), parent);
                nodes.Add(parent);
            }
        }

        return nodes;
    }

    private static CredentialRecord Rotated(Node parent, int number) => parent.Record.Rotated(
        new TokenGrant(new Secret($"access_{number}"), new Secret($"refresh_{number}"), RecordSamples.Noon, null), Stamp(number));

    private static CredentialRecord Reseeded(Node parent, int number) => parent.Record.Reseeded(
        new Seed(new Secret($"refresh_{number}"), null, RecordSamples.Noon), $"family_{number}", "binding_1", Stamp(number));

    private static RotationStamp Stamp(int number) => new($"id_{number}", RecordSamples.Noon, "replica_1", TimeSpan.Zero);

    private static string Print((List<Node> Nodes, int One, int Other, int Third) sample)
    {
        var tree = sample.Nodes.Where(node => node.Parent is not null).Select(node => $"{node.Record.Id} of {node.Parent!.Record.Id} in {node.Record.Family}");
        return $"{sample.One}, {sample.Other}, {sample.Third} of {sample.Nodes.Count}; {string.Join("; ", tree)}";
    }

    private sealed record Node(CredentialRecord Record, Node? Parent)
    {
        public int Depth => Line.Count - 1;

        /// <summary>This one and all that it came from, newest first.</summary>
        public List<Node> Line
        {
            get
            {
                var line = new List<Node>();
                for (var node = this; node is not null; node = node.Parent)
                {
                    line.Add(node);
                }

                return line;
            }
        }

        /// <summary>How many steps lie between; null when this one did not come from <paramref name="other"/>.</summary>
        public int? DistanceTo(Node other) => Line.FindIndex(node => ReferenceEquals(node, other)) is var index and >= 0 ? index : null;
    }
}
