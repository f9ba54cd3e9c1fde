using Microsoft.Extensions.Configuration;
using TokenGateway.Configuration;

namespace TokenGateway.Tests.Configuration;

public sealed class SortedKeysTests
{
    private static readonly string[] Names = ["a", "A", "aa", "b-1", "b", "1", "10", "2", "é", ""];

    /// <summary>What the framework finds by going through all keys is found by looking where they must be, in the same order.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_section_has_the_children_that_the_framework_finds(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var source = new Source(Enumerable.Range(0, random.Next(60)).Select(_ => Path(random, 1 + random.Next(4))));
            foreach (var section in source.Keys.SelectMany(Sections).Append(null).Append("zz").Append("a:zz"))
            {
                string[] earlier = ["b", "zz"];
                var names = SortedKeys.Of(null, source.Values).ChildrenOf(section, earlier);

                Assert.Equal(Distinct(source.GetChildKeys(earlier, section)), Distinct(names));
            }
        }
    }

    [Fact]
    public void What_is_known_counts_for_that_source_and_until_it_has_another_key()
    {
        var (one, another) = (new Source(["a:b"]), new Source(["a:c"]));
        var known = SortedKeys.Of(null, one.Values);

        Assert.Same(known, SortedKeys.Of(known, one.Values));
        Assert.Equal(["c"], SortedKeys.Of(known, another.Values).ChildrenOf("a", []));
        one.Set("a:d", "value");
        Assert.Equal(["b", "d"], SortedKeys.Of(known, one.Values).ChildrenOf("a", []));
    }

    private static string Path(Random random, int length) => string.Join(':', random.GetItems(Names, length));

    private static IEnumerable<string> Sections(string key)
    {
        for (var end = key.IndexOf(':', StringComparison.Ordinal); end >= 0; end = key.IndexOf(':', end + 1))
        {
            yield return key[..end];
            yield return key[..end].ToUpperInvariant();
        }

        yield return key;
    }

    /// <summary>As the root reads them: the first of those that differ in case only.</summary>
    private static IEnumerable<string> Distinct(IEnumerable<string> names) => names.Select(name => name.ToUpperInvariant()).Distinct(StringComparer.Ordinal);

    private sealed class Source : ConfigurationProvider
    {
        public Source(IEnumerable<string> keys)
        {
            foreach (var key in keys)
            {
                Data[key] = "value";
            }
        }

        public IDictionary<string, string?> Values => Data;

        public IReadOnlyCollection<string> Keys => [.. Data.Keys];
    }
}
