using System.Text;
using Microsoft.Extensions.Configuration;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Configuration;

/// <summary>One sound credential, plum, to which a test adds what it is about.</summary>
internal static class SettingsFixture
{
    public const string Plum = "TokenGateway:Credentials:plum";

    public static string Key { get; } = Convert.ToBase64String(new byte[32]);

    public static IConfigurationRoot Json(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    /// <summary>Of a key that is given twice the last value counts.</summary>
    public static SettingsResult<TokenGatewaySettings> Read(params (string Key, string? Value)[] settings) =>
        TokenGatewaySettingsReader.Read(Root(settings));

    public static IConfigurationRoot Root(params (string Key, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{Plum}:TokenEndpoint"] = "https://login.example.com/token",
            [$"{Plum}:ClientId"] = "client_1",
        })
        .AddInMemoryCollection(settings.Reverse().DistinctBy(setting => setting.Key).Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
        .Build();

    public static CredentialSettings ReadPlum(params (string Key, string? Value)[] settings)
    {
        var result = Read([.. settings.Select(setting => ($"{Plum}:{setting.Key}", setting.Value))]);
        Assert.Empty(result.Errors);
        return result.Value!.Credentials["plum"];
    }
}
