using TokenGateway.Commands;

namespace TokenGateway.Tests.Commands;

/// <summary>What <c>check</c> says of a configuration, and what it ends with.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Good_configuration_has_a_summary_with_full_paths_and_no_warning()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "refresh-token"), "refresh_token_1");

        var (code, output, error) = await CheckAsync(Configuration(), "--strict");

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("The configuration is good.", output, StringComparison.Ordinal);
        foreach (var line in new[]
        {
            $"  file         {_folder}/gateway.json", "  routes       1: plum", "  clusters     1: api", $"  credentials  1: plum (xoxoday, seed in {_folder}/refresh-token)",
            $"  store        embedded {_folder}/data/tokengateway.db", $"  journal      {_folder}/data/journal", "  proxy        http://127.0.0.1:8080", "  management   http://127.0.0.1:8081",
        })
        {
            Assert.Contains(line, output.Split('\n'));
        }
    }

    [Theory]
    [InlineData("\"ReverseProxy\"", "\"ReverseProxi\"", "warning ReverseProxi is read by nothing; did you mean ReverseProxy?")]
    [InlineData("\"ReverseProxy\"", "\"ReverseProxi\"", "warning ReverseProxy:Routes has no route")]
    [InlineData("\"TokenGateway\": { \"Credentials\"", "\"TokenGateway\": {}, \"Other\": {}, \"Credentials\": { \"pear\": {} }, \"X\": { \"Y\"", "warning Credentials is read by nothing; did you mean TokenGateway:Credentials?")]
    [InlineData("\"Transforms\"", "\"Transform\"", "warning ReverseProxy:Routes:plum:Transform is unknown; did you mean Transforms?")]
    [InlineData("\"Transforms\"", "\"Transform\"", "warning TokenGateway:Credentials:plum is used by no route")]
    [InlineData("\"Match\": { \"Path\": \"/plum/{**rest}\" }", "\"Match\": { \"Path\": \"/plum/{**rest}\", \"Method\": [ \"GET\" ] }", "warning ReverseProxy:Routes:plum:Match:Method is unknown; did you mean Methods?")]
    [InlineData("https://api.example.com/", "http://api.example.com/", "warning ReverseProxy:Clusters:api:Destinations:a:Address is plain http beyond this machine")]
    [InlineData("\"Urls\"", "\"Url\"", "warning Url is read by nothing; did you mean Urls?")]
    [InlineData("\"a\": { \"Address\": \"https://api.example.com/\" }", "", "warning ReverseProxy:Clusters:api:Destinations is empty")]
    public async Task What_is_probably_not_meant_is_a_warning(string what, string instead, string warning)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "refresh-token"), "refresh_token_1");

        var (code, output, _) = await CheckAsync(Configuration().Replace(what, instead, StringComparison.Ordinal));
        var (strict, _, _) = await CheckAsync(Configuration().Replace(what, instead, StringComparison.Ordinal), "--strict");

        Assert.Contains(output.Split('\n'), line => line.StartsWith(warning, StringComparison.Ordinal));
        if (code != 2) // Another name than the route's is an error besides.
        {
            Assert.Equal((0, 1), (code, strict));
        }
    }

    [Fact]
    public async Task Seed_file_that_is_not_there_is_a_warning_with_its_full_path()
    {
        var (code, output, _) = await CheckAsync(Configuration(), "--strict");

        Assert.Equal(1, code);
        Assert.Contains($"warning TokenGateway:Credentials:plum:RefreshTokenFile names {_folder}/refresh-token, which does not exist", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_without_a_file_is_a_warning()
    {
        using var process = new GatewayProcess(_folder, "check");

        var (code, output, error) = await process.ExitAsync();

        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"warning {_folder}/appsettings.json does not exist", output, StringComparison.Ordinal);
        Assert.Contains("warning ReverseProxy:Routes has no route", output, StringComparison.Ordinal);
        Assert.Contains("  credentials  none", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Store\": { \"Path\": \"data/tokengateway.db\" }", "\"Management\": { \"Url\": \"https://127.0.0.1:8081\" }", "TokenGateway:Management:Url is an https address")]
    [InlineData("https://api.example.com/", "ftp://api.example.com/", "ReverseProxy:Clusters:api:Destinations:a:Address is not an absolute http or https address")]
    [InlineData("https://api.example.com/", "api.example.com", "ReverseProxy:Clusters:api:Destinations:a:Address is not an absolute http or https address")]
    [InlineData("\"ClusterId\": \"api\"", "\"ClusterId\": \"api\", \"AuthorizationPolicy\": \"default\"", "ReverseProxy:Routes:plum:AuthorizationPolicy asks for a caller who is signed in")]
    [InlineData("http://127.0.0.1:8080", "https://127.0.0.1:8080", "Kestrel: ")]
    [InlineData("\"Urls\": \"http://127.0.0.1:8080\"", "\"Kestrel\": { \"Endpoints\": { \"a\": { \"Url\": \"https://127.0.0.1:8080\", \"Certificate\": { \"Path\": \"nowhere.pfx\" } } } }", "Kestrel: ")]
    [InlineData("\"Urls\": \"http://127.0.0.1:8080\"", "\"Logging\": { \"LogLevel\": { \"Default\": \"Loud\" } }", "Logging:LogLevel:Default is none of Trace, ")]
    [InlineData("xoxoday", "xoxodai", "did you mean xoxoday?")]
    [InlineData("\"BearerToken\": \"plum\"", "\"BearerToken\": \"plumm\"", "did you mean 'plum'?")]
    public async Task What_run_would_not_start_with_is_an_error(string what, string instead, string expected)
    {
        Assert.Contains(what, Configuration(), StringComparison.Ordinal);

        var (code, _, error) = await CheckAsync(Configuration().Replace(what, instead, StringComparison.Ordinal));

        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"Path\": \"/plum/{**rest}\" }", true)]
    [InlineData("{ \"Path\": \"/PLUM/{**other}\" }", true)]
    [InlineData("{ \"Path\": \"/plum/{**rest}\", \"Methods\": [ \"GET\" ] }", false)]
    [InlineData("{ \"Path\": \"/plum/{**rest}\", \"Hosts\": [ \"plum.example.com\" ] }", false)]
    [InlineData("{ \"Path\": \"/plum/{rest}\" }", false)]
    public async Task Two_routes_with_one_match_are_an_error(string match, bool isError)
    {
        var second = $"\"Routes\": {{ \"pear\": {{ \"ClusterId\": \"api\", \"Match\": {match} }}, ";

        var (code, _, error) = await CheckAsync(Configuration().Replace("\"Routes\": { ", second, StringComparison.Ordinal));

        Assert.Equal(isError ? 2 : 0, code);
        Assert.Equal(isError, error.Contains("is met by the same requests as that of the route", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_only_follows_from_a_key_that_is_spelled_wrong_is_not_said()
    {
        var (code, _, error) = await CheckAsync(Configuration().Replace("\"Preset\"", "\"Prest\"", StringComparison.Ordinal).Replace("\"ClientId\"", "\"CleintId\"", StringComparison.Ordinal));

        Assert.Equal(2, code);
        Assert.Equal(
            ["TokenGateway:Credentials:plum:CleintId is unknown; did you mean ClientId?", "TokenGateway:Credentials:plum:Prest is unknown; did you mean Preset?"],
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    private static string Configuration() => """
        { "Urls": "http://127.0.0.1:8080",
          "ReverseProxy": {
            "Routes": { "plum": { "ClusterId": "api", "Match": { "Path": "/plum/{**rest}" }, "Transforms": [ { "BearerToken": "plum" } ] } },
            "Clusters": { "api": { "Destinations": { "a": { "Address": "https://api.example.com/" } } } } },
          "TokenGateway": { "Credentials": { "plum": { "Preset": "xoxoday", "ClientId": "demo", "ClientSecret": "secret", "RefreshTokenFile": "refresh-token" } },
            "Store": { "Path": "data/tokengateway.db" } } }
        """;

    private async Task<(int Code, string Output, string Error)> CheckAsync(string configuration, params string[] options)
    {
        var file = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(file, configuration);
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await GatewayCommandLine.InvokeAsync(["check", .. options, "--config", file], new CommandOutput(output, error));
        return (code, output.ToString(), error.ToString());
    }
}
