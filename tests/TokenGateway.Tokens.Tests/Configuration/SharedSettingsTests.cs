namespace TokenGateway.Tokens.Tests.Configuration;

public sealed class SharedSettingsTests
{
    private const string Pear = "TokenGateway:Credentials:pear";

    [Fact]
    public void What_credentials_have_in_common_is_held_once_and_what_they_have_not_is_their_own()
    {
        var read = SettingsFixture.Read(
            ($"{SettingsFixture.Plum}:ValidateEndpoint", "https://login.example.com/validate"),
            ($"{Pear}:TokenEndpoint", "https://login.example.com/token"),
            ($"{Pear}:ValidateEndpoint", "https://login.example.com/another"),
            ($"{Pear}:ClientId", "client_2"));

        Assert.Empty(read.Errors);
        var (plum, pear) = (read.Value!.Credentials["plum"], read.Value.Credentials["pear"]);
        Assert.Same(plum.TokenEndpoint, pear.TokenEndpoint);
        Assert.Same(plum.Validation, pear.Validation);
        Assert.Same(plum.Login, pear.Login);
        Assert.Equal(["/validate", "/another"], new[] { plum, pear }.Select(credential => credential.ValidateEndpoint!.AbsolutePath));
    }
}
