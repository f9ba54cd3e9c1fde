namespace TokenGateway.Tests.EndToEnd;

/// <summary>What a person sees who made mistakes.</summary>
public sealed class ConfigurationFailureTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public ConfigurationFailureTests() => File.WriteAllText(_file, """
        { "Urls": "http://127.0.0.1:0",
          "ReverseProxy": {
            "Routes": { "plum": { "ClusterId": "nowhere", "Match": { "Path": "/plum/{**rest}" }, "Transforms": [ { "BearerToken": "plumm" } ] } },
            "Clusters": {} },
          "TokenGateway": { "Stor": {}, "Credentials": { "plum": {
            "TokenEndpoint": "http://api.example.com/token", "ClientId": "", "RefreshBefor": "1", "Patience": "-00:01:00" } } } }
        """);

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("check", 2)]
    [InlineData("run", 1)]
    public async Task Every_mistake_is_named_at_once_with_its_path(string command, int expected)
    {
        var (exitCode, output) = await GatewayProcess.RunAsync(command, "--config", _file);

        Assert.Equal(expected, exitCode);
        foreach (var mistake in new[]
        {
            "TokenGateway:Stor", "TokenGateway:Credentials:plum:TokenEndpoint", "TokenGateway:Credentials:plum:ClientId",
            "TokenGateway:Credentials:plum:RefreshBefor", "TokenGateway:Credentials:plum:Patience", "plumm",
        })
        {
            Assert.Contains(mistake, output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keygen_prints_a_key_of_32_bytes()
    {
        var (exitCode, output) = await GatewayProcess.RunAsync("keygen");

        Assert.Equal(0, exitCode);
        Assert.Equal(32, Convert.FromBase64String(output.Trim()).Length);
    }
}
