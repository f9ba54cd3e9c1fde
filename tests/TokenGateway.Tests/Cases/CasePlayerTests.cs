namespace TokenGateway.Tests.Cases;

/// <summary>Every case of this folder, played against the gateway as it is shipped.</summary>
public sealed class CasePlayerTests(CaseGateway gateway) : IClassFixture<CaseGateway>
{
    public static TheoryData<string> Ids => [.. ProviderCase.All.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public Task Case_ends_as_it_says(string id) => gateway.PlayedAsync(id);
}
