using System.Text.RegularExpressions;
using TokenGateway.Testing;

namespace TokenGateway.Tests.Security;

/// <summary>What docs/security.md promises is shown by tests that are there.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Every_test_that_the_page_names_is_there()
    {
        var there = Directory.GetFiles(RepositoryFile.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);

        var named = TestClass().Matches(RepositoryFile.Read("docs/security.md")).Select(match => match.Value).Distinct(StringComparer.Ordinal).ToList();

        Assert.True(named.Count > 30, $"{named.Count} tests");
        Assert.Empty(named.Except(there));
    }

    [GeneratedRegex(@"\b[A-Z]\w+Tests\b", RegexOptions.NonBacktracking)]
    private static partial Regex TestClass();
}
