using TokenGateway.Hosting;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tests.Deploy;

/// <summary>The <c>appsettings.json</c> that a user edits.</summary>
public sealed class SampleConfigurationTests : IDisposable
{
    private readonly DeliveredConfiguration _sample = new(RepositoryFile.Read("appsettings.json"), "secrets");

    public void Dispose() => _sample.Dispose();

    [Fact]
    public async Task Sample_says_what_is_still_to_be_filled_in_and_nothing_else()
    {
        var error = await Assert.ThrowsAsync<StartupException>(() => _sample.CheckAsync());

        Assert.Equal(
            [
                "TokenGateway:Credentials:plum:ClientId is empty; set the client id that the provider gave you",
                $"TokenGateway:Credentials:plum:ClientSecretFile names the file {_sample.Folder}/client-secret, which does not exist; "
                    + "create it or correct the path",
            ],
            error.Errors.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Sample_is_accepted_once_it_is_filled_in()
    {
        _sample.WriteSecret("client-secret", "client_secret_1\n");
        _sample.WriteSecret("refresh-token", "refresh_token_1\n");

        var settings = await _sample.CheckAsync(("TokenGateway:Credentials:plum:ClientId", "client_1"));

        var plum = settings.Tokens.Credentials["plum"];
        Assert.Equal(StoreKind.Embedded, settings.Tokens.Store.Kind);
        Assert.Equal("https://accounts.xoxoday.com/chef/v1/oauth/token/user", plum.TokenEndpoint.AbsoluteUri);
        Assert.Equal("refresh_token_1", plum.RefreshToken.Read()?.Reveal());
    }
}
