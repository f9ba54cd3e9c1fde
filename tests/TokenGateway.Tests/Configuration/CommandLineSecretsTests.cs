using TokenGateway.Configuration;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tests.Configuration;

public sealed class CommandLineSecretsTests
{
    private const string Message = "is a secret on the command line, where every process can read it; give it in a file, an environment variable or /run/secrets";

    [Theory]
    [InlineData("TokenGateway:Credentials:plum:ClientSecret")]
    [InlineData("tokengateway:credentials:PLUM:clientsecret")]
    [InlineData("TokenGateway:Credentials:plum:RefreshToken")]
    [InlineData("TokenGateway:Credentials:plum:AccessToken")]
    [InlineData("TokenGateway:Credentials:plum:StandbyRefreshToken")]
    [InlineData("TokenGateway:Encryption:Keys:0")]
    [InlineData("TokenGateway:Encryption:Keys")]
    [InlineData("TokenGateway:Management:ApiKey")]
    [InlineData("TokenGateway:Inbound:ApiKeys:1")]
    [InlineData("TokenGateway:Store:Redis")]
    [InlineData("Kestrel:Certificates:Default:Password")]
    [InlineData("TokenGateway:Credentials:plum:ExtraParameters:assertion")]
    [InlineData("Kestrel:Endpoints:Https:Certificate:Password")]
    [InlineData("Kestrel:Endpoints:Https:Sni:*.example.com:Certificate:Password")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_HEADERS")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_HEADERS")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_HEADERS")]
    [InlineData("TokenGateway__Credentials__plum__ClientSecret")]
    public void Find_a_secret_in_any_form_of_argument_is_an_error(string key)
    {
        SettingError[] expected = [new SettingError(key, Message)];

        Assert.Equal(expected, CommandLineSecrets.Find([$"--{key}=hidden"]));
        Assert.Equal(expected, CommandLineSecrets.Find([$"--{key}", "hidden"]));
        Assert.Equal(expected, CommandLineSecrets.Find([$"/{key}=hidden"]));
        Assert.Equal(expected, CommandLineSecrets.Find([$"{key}=hidden"]));
    }

    [Theory]
    [InlineData("TokenGateway:Credentials:plum:ClientSecretFile")]
    [InlineData("TokenGateway:Credentials:plum:RefreshTokenFile")]
    [InlineData("TokenGateway:Encryption:KeyFiles:0")]
    [InlineData("TokenGateway:Management:ApiKeyFile")]
    [InlineData("TokenGateway:Store:Kind")]
    [InlineData("Urls")]
    public void Find_anything_else_is_accepted(string key) => Assert.Empty(CommandLineSecrets.Find([$"--{key}=x"]));
}
