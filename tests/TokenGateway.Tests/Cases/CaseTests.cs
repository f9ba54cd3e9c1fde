namespace TokenGateway.Tests.Cases;

/// <summary>Every case of this folder, played against the gateway as it is shipped.</summary>
public sealed class CaseTests(CaseGateway gateway) : IClassFixture<CaseGateway>
{
    /// <summary>Cases that the gateway cannot handle yet. One that passes must be taken out.</summary>
    private static readonly HashSet<string> NotYet = new(StringComparer.Ordinal)
    {
        "asked-too-early", "epoch-in-expires-in", "error-code-field", "error-in-an-array", "error-in-an-object", "expired-is-403",
        "form-encoded-answer", "gzip-unasked", "id-token-only", "invalid-client-that-passes", "nested-pair-unannounced",
        "nested-pair-under-body", "refresh-expiry-of-intuit", "refused-five-times", "token-type-dpop", "fitbit-dead",
        "fitbit-wrong-client", "github-wrong-secret", "hubspot-dead-v1", "quickbooks-grant", "slack-user-grant",
        "slack-user-grant-unannounced", "slack-wrong-secret", "snowflake-wrong-client", "strava-dead", "strava-expires-at-alone",
        "wise-grant", "withings-grant", "withings-lost-response", "zoho-too-often",
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
