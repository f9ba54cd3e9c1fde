using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests;

/// <summary>Settings to start from: every default, and an endpoint that nobody listens on.</summary>
internal static class SettingsSamples
{
    public static CredentialSettings Credential() => new()
    {
        Name = "plum",
        TokenEndpoint = new Uri("https://127.0.0.1:1/token"),
        ClientAuthentication = ClientAuthentication.ClientSecretPost,
        RequestFormat = RequestFormat.Json,
        ClientId = "client_1",
    };
}
