using System.Net;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>A proxy may carry a tunnel; it never gets to read or repeat a refresh request.</summary>
public sealed class TunnelOnlyProxyTests
{
    private readonly TunnelOnlyProxy _proxy = new(new WebProxy("http://proxy.example:3128") { BypassArrayList = { "direct\\.example" } });

    [Theory]
    [InlineData("https://provider.example/token", "http://proxy.example:3128/")]
    [InlineData("https://direct.example/token", null)]
    [InlineData("http://provider.example/token", null)]
    [InlineData("http://127.0.0.1:8080/token", null)]
    public void Only_https_goes_through_the_proxy(string destination, string? proxy)
    {
        var uri = new Uri(destination);

        Assert.Equal(proxy is null, _proxy.IsBypassed(uri));
        Assert.Equal(proxy, _proxy.IsBypassed(uri) ? null : _proxy.GetProxy(uri)?.ToString());
    }
}
