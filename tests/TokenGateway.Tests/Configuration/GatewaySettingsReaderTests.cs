using Microsoft.Extensions.Configuration;
using TokenGateway.Configuration;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tests.Configuration;

public sealed class GatewaySettingsReaderTests
{
    private const string Management = "TokenGateway:Management";
    private const string Inbound = "TokenGateway:Inbound";

    [Fact]
    public void Read_nothing_gives_the_defaults()
    {
        var settings = Read().Value!;

        Assert.Equal("http://127.0.0.1:8081", settings.Management.Url);
        Assert.False(settings.Management.ApiKey.IsConfigured);
        Assert.Empty(settings.Inbound.ApiKeys);
        Assert.False(settings.Inbound.AllowAnonymous);
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20)), (settings.ShutdownDelay, settings.DrainTimeout));
        Assert.Equal([new ListeningAddress("Urls", "http://127.0.0.1:8080")], settings.ProxyAddresses);
    }

    [Fact]
    public void Read_every_key_reaches_its_setting()
    {
        var settings = Read(
            ("Urls", "http://0.0.0.0:9000"),
            ($"{Management}:Url", "http://0.0.0.0:9001"), ($"{Management}:ApiKey", "key_1"),
            ($"{Inbound}:ApiKeys:0", "key_2"), ($"{Inbound}:ApiKeys:1", "key_3"), ($"{Inbound}:AllowAnonymous", "true"),
            ($"{Inbound}:AllowedHosts:0", "gateway.example.com"), ($"{Inbound}:AllowedHosts:1", "*.example.com"), ($"{Inbound}:AllowedHosts:2", "[::1]"),
            ("TokenGateway:ShutdownDelay", "00:00:00.1"), ("TokenGateway:DrainTimeout", "00:00:00")).Value!;

        Assert.Equal("http://0.0.0.0:9001", settings.Management.Url);
        Assert.Equal(new Secret("key_1"), settings.Management.ApiKey.Value);
        Assert.Equal([new Secret("key_2"), new Secret("key_3")], settings.Inbound.ApiKeys.Select(key => key.Value));
        Assert.True(settings.Inbound.AllowAnonymous);
        Assert.Equal(["gateway.example.com", "*.example.com", "[::1]"], settings.Inbound.AllowedHosts);
        Assert.Equal((TimeSpan.FromMilliseconds(100), TimeSpan.Zero), (settings.ShutdownDelay, settings.DrainTimeout));
    }

    [Theory]
    [InlineData($"{Management}:Url", "", "is empty; give it a value, or leave it out for the default")]
    [InlineData($"{Management}:Url", "8081", "is not an address to listen on; write scheme, host and port without a path, as in http://127.0.0.1:8080")]
    [InlineData($"{Management}:Url", "http://127.0.0.1:8081/admin", "is not an address to listen on; write scheme, host and port without a path, as in http://127.0.0.1:8080")]
    [InlineData($"{Management}:Url", "http://127.0.0.1:8080", "is an address that the proxy listens on (Urls); give it a port of its own")]
    [InlineData($"{Management}:Uri", "x", "is unknown; did you mean Url?")]
    [InlineData($"{Management}:ApiKeyFile", "/nowhere/key", "names the file /nowhere/key, which does not exist; create it or correct the path")]
    [InlineData(Management, "x", "is a single value; a section or a list is expected")]
    [InlineData($"{Inbound}:ApiKey", "x", "is unknown; did you mean ApiKeys?")]
    [InlineData($"{Inbound}:AllowedHosts:0", "https://gateway.example.com", "is not the name of a host; write it without scheme, port and path, as in gateway.example.com or *.example.com, or * for any")]
    [InlineData($"{Inbound}:AllowedHosts:0", "gateway:8080", "is not the name of a host; write it without scheme, port and path, as in gateway.example.com or *.example.com, or * for any")]
    [InlineData($"{Inbound}:AllowedHosts:0", "", "is not the name of a host; write it without scheme, port and path, as in gateway.example.com or *.example.com, or * for any")]
    [InlineData($"{Inbound}:ApiKeys", "x", "is a single value; a section or a list is expected")]
    [InlineData($"{Inbound}:ApiKeys:0", "", "is empty; give it a value or remove it")]
    [InlineData($"{Inbound}:ApiKeyFiles:0", "/nowhere/key", "names the file /nowhere/key, which does not exist; create it or correct the path")]
    [InlineData($"{Inbound}:AllowAnonymous", "yes", "is neither true nor false")]
    [InlineData("TokenGateway:ShutdownDelay", "-00:00:01", "is negative; a duration is zero or more")]
    [InlineData("TokenGateway:DrainTimeout", "20", "is not a duration; write hh:mm:ss, as in 00:00:30, 00:00:00.5, or 1.00:00:00 for a day")]
    [InlineData("Urls", "127.0.0.1:80", "is not an address to listen on; write scheme, host and port without a path, as in http://127.0.0.1:8080")]
    public void Read_a_wrong_setting_is_told_with_path_and_remedy(string key, string value, string message) =>
        Assert.Equal([new SettingError(key, message)], Read((key, value)).Errors);

    [Fact]
    public void Read_keys_and_files_of_keys_together_are_errors() =>
        Assert.Equal(
            [
                new SettingError($"{Management}:ApiKey", "and ApiKeyFile are both set; remove one of them"),
                new SettingError($"{Inbound}:ApiKeys", "and ApiKeyFiles are both set; remove one of them"),
            ],
            Read(
                ($"{Management}:ApiKey", "x"), ($"{Management}:ApiKeyFile", "/nowhere"),
                ($"{Inbound}:ApiKeys:0", "x"), ($"{Inbound}:ApiKeyFiles:0", "/nowhere")).Errors);

    [Theory]
    [InlineData("Urls", "http://0.0.0.0:8080", "Urls", "http://0.0.0.0:8080")]
    [InlineData("Kestrel:Endpoints:Tls:Url", "https://*:8443", "Kestrel:Endpoints:Tls:Url", "https://*:8443")]
    [InlineData("HTTP_PORTS", "8080", "HTTP_PORTS", "http://*:8080")]
    public void Read_an_address_beyond_loopback_without_keys_is_an_error(string key, string value, string path, string address) =>
        Assert.Equal(
            [new SettingError(path, $"binds {address}, which is not loopback: whoever reaches it could use the tokens; "
                + "set TokenGateway:Inbound:ApiKeys, or TokenGateway:Inbound:AllowAnonymous to true where something else guards it")],
            Read((key, value)).Errors);

    [Theory]
    [InlineData($"{Inbound}:ApiKeys:0", "key_1")]
    [InlineData($"{Inbound}:AllowAnonymous", "true")]
    public void Read_an_address_beyond_loopback_with_keys_or_permission_is_accepted(string key, string value) =>
        Assert.Empty(Read(("Urls", "http://*:8080"), (key, value)).Errors);

    [Fact]
    public void Startup_reports_the_engines_the_gateways_and_the_command_lines_errors_together()
    {
        string[] commandLine = ["--TokenGateway:Management:ApiKey=key_1"];
        var root = Root(("TokenGateway:Storage:Kind", "Redis"), ("Urls", "http://*:8080"), (Inbound, null));

        var result = StartupSettings.Read(root, commandLine);

        Assert.Null(result.Value);
        Assert.Equal(["TokenGateway:Management:ApiKey", "TokenGateway:Storage", "Urls"], result.Errors.Select(error => error.Path));
    }

    private static SettingsResult<GatewaySettings> Read(params (string Key, string? Value)[] settings) => GatewaySettingsReader.Read(Root(settings));

    private static IConfigurationRoot Root(params (string Key, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
        .Build();
}
