using Microsoft.Extensions.Configuration;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Configuration;

public sealed class CredentialNamesTests
{
    private const string Message = "is not a credential's name; use 1 to 100 letters, digits and . _ -";

    public static TheoryData<string> GoodNames => ["a", "Plum-2.eu_west", new string('a', 100)];

    public static TheoryData<string> BadNames => ["a b", "{plum}", "a/b", "plüm", ".", "..", new string('a', 101)];

    [Theory]
    [MemberData(nameof(GoodNames))]
    public void Read_a_name_fit_for_a_store_key_is_accepted(string name) => Assert.Empty(ReadNamed(name).Errors);

    [Theory]
    [MemberData(nameof(BadNames))]
    public void Read_any_other_name_is_an_error(string name) =>
        Assert.Equal([new SettingError($"TokenGateway:Credentials:{name}", Message)], ReadNamed(name).Errors);

    [Fact]
    public void Read_a_name_that_a_later_source_spells_otherwise_stays_the_first_sources()
    {
        var root = SettingsFixture.Root(("TOKENGATEWAY:CREDENTIALS:PLUM:CLIENTSECRET", "secret_1"));

        AssertOnlyPlum(root);
        AssertOnlyPlum(new ConfigurationBuilder().AddConfiguration(root).Build());
    }

    private static void AssertOnlyPlum(IConfigurationRoot root)
    {
        var (name, credential) = Assert.Single(TokenGatewaySettingsReader.Read(root).Value!.Credentials);

        Assert.Equal(("plum", "plum"), (name, credential.Name));
        Assert.Equal(new Secret("secret_1"), credential.ClientSecret.Value);
    }

    private static SettingsResult<TokenGatewaySettings> ReadNamed(string name) => SettingsFixture.Read(
        ($"TokenGateway:Credentials:{name}:TokenEndpoint", "https://login.example.com/token"),
        ($"TokenGateway:Credentials:{name}:ClientId", "client_2"));
}
