using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Rotation;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>What a person is advised to do.</summary>
public sealed class StatusTextTests
{
    private static readonly CredentialSettings Seeded =
        SettingsSamples.Credential() with { RefreshToken = new SecretSource { Value = new Secret("refresh_token_1") } };

    /// <summary>A login may end the refresh token that is only out of reach.</summary>
    [Theory]
    [InlineData(StoreObstacle.Unreachable, "Bring the store back. Do not log in: ")]
    [InlineData(StoreObstacle.Unreadable, "Bring the encryption key back that the record was written with (TokenGateway:Encryption). Do not log in: ")]
    public void A_credential_that_the_store_gives_no_record_of_asks_for_no_login(StoreObstacle obstacle, string words) =>
        Assert.StartsWith(words, ActionOf(new CredentialView { Loaded = true, Obstacle = obstacle }, SettingsSamples.Credential()), StringComparison.Ordinal);

    [Fact]
    public void A_credential_that_is_not_loaded_or_about_to_be_seeded_asks_for_nothing()
    {
        Assert.StartsWith("Nothing to do: ", ActionOf(new CredentialView(), SettingsSamples.Credential()), StringComparison.Ordinal);
        Assert.StartsWith("Nothing to do: ", ActionOf(new CredentialView { Loaded = true }, Seeded), StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_without_a_refresh_token_anywhere_asks_for_a_login()
    {
        const string Login = "Log in at the provider and hand over the refresh token";

        Assert.StartsWith(Login, ActionOf(new CredentialView { Loaded = true }, SettingsSamples.Credential()), StringComparison.Ordinal);
        Assert.StartsWith(Login, ActionOf(new CredentialView { Loaded = true, SeedProblem = "The file is missing." }, Seeded), StringComparison.Ordinal);
    }

    private static string ActionOf(CredentialView view, CredentialSettings settings) =>
        StatusText.ActionOf(view, CredentialState.Unseeded, settings, usable: false);
}
