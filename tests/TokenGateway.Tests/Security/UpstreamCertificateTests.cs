using Microsoft.Extensions.Configuration;
using TokenGateway.Proxy;

namespace TokenGateway.Tests.Security;

/// <summary>A token goes to nobody whose certificate was not looked at.</summary>
public sealed class UpstreamCertificateTests
{
    [Theory]
    [InlineData("true", "BearerToken", 1)]
    [InlineData("false", "BearerToken", 0)]
    [InlineData(null, "BearerToken", 0)]
    [InlineData("true", "PathPrefix", 0)] // No token, no concern of ours.
    public async Task Cluster_that_accepts_any_certificate_gets_no_token(string? accepts, string transform, int errors)
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["ReverseProxy:Routes:one:ClusterId"] = "API",
            ["ReverseProxy:Routes:one:Match:Path"] = "/one/{**rest}",
            [$"ReverseProxy:Routes:one:Transforms:0:{transform}"] = transform == "PathPrefix" ? "/one" : "plum",
            ["ReverseProxy:Clusters:api:Destinations:one:Address"] = "https://api.example.com/",
            ["ReverseProxy:Clusters:api:HttpClient:DangerousAcceptAnyServerCertificate"] = accepts,
        }).Build();

        var found = await ProxyConfigurationCheck.FindErrorsAsync(root, ["plum"]);

        Assert.Equal(errors, found.Count);
        Assert.All(found, error => Assert.StartsWith(
            "ReverseProxy:Clusters:api:HttpClient:DangerousAcceptAnyServerCertificate is true, and the route 'one' sends a token there", error, StringComparison.Ordinal));
    }
}
