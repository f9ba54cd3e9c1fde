namespace TokenGateway.Tests.Cases;

/// <summary>Every case of this folder, played against the gateway as it is shipped.</summary>
public sealed class CasePlayerTests(CaseGateway gateway) : IClassFixture<CaseGateway>
{
    /// <summary>Cases that the gateway cannot handle yet. One that passes must be taken out.</summary>
    private static readonly HashSet<string> NotYet = new(StringComparer.Ordinal)
    {
    };

    public static TheoryData<string> Ids => [.. ProviderCase.All.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Case_ends_as_it_says(string id)
    {
        if (NotYet.Contains(id))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => gateway.PlayedAsync(id));
        }
        else
        {
            await gateway.PlayedAsync(id);
        }
    }

    [Fact]
    public void Cases_that_cannot_be_handled_yet_are_cases() => Assert.Subset(ProviderCase.All.Keys.ToHashSet(StringComparer.Ordinal), NotYet);
}
