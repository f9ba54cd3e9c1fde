using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using TokenGateway.Simulator;
using TokenGateway.Testing;
using TokenGateway.Tests.EndToEnd;

namespace TokenGateway.Tests.Security;

/// <summary>Nothing secret goes to a server whose certificate is wrong in any one thing, and all is well again once it is right.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public static TheoryData<string> Flaws => ["of another host", "expired", "not yet valid", "of an unknown authority"];

    public void Dispose() => _authority.Dispose();

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task Refresh_token_is_not_sent_to_a_token_endpoint_with_a_certificate_that_is(string flaw)
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        await using var front = await TlsFront.StartAsync(_authority.Bad(flaw), fleet.Simulator.BaseUrl);
        var gateway = await fleet.StartGatewayAsync(plum => plum["OAuthUrl"] = front.Url, Trusting(fleet));

        await gateway.UntilAsync(status => status.GetProperty("problem").GetString()?.Contains("tls_failed", StringComparison.Ordinal) == true);
        Assert.Equal(0, front.Requests);
        front.Certificate = _authority.Good();
        await gateway.UntilAsync(status => status.GetProperty("state").GetString() == "active" && status.GetProperty("usable").GetBoolean(), TimeSpan.FromSeconds(60));

        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task Access_token_is_not_sent_to_a_validate_endpoint_with_a_certificate_that_is(string flaw)
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        await using var front = await TlsFront.StartAsync(_authority.Bad(flaw), fleet.Simulator.BaseUrl);
        var gateway = await fleet.StartGatewayAsync(
            plum =>
            {
                plum["ValidateEndpoint"] = front.Url + "/v1/oauth/token";
                plum["Validation"] = new JsonObject { ["Interval"] = "00:00:00.2", ["CacheFor"] = "00:00:00.1" };
            },
            Trusting(fleet));

        await gateway.UntilAsync(status => status.GetProperty("lastValidation").ToString().Contains("\"unknown\"", StringComparison.Ordinal));
        Assert.Equal(0, front.Requests);
        front.Certificate = _authority.Good();

        // The circuit opens for 30 s after five calls without a verdict.
        await gateway.UntilAsync(status => status.GetProperty("lastValidation").ToString().Contains("\"valid\"", StringComparison.Ordinal), TimeSpan.FromSeconds(90));
    }

    [Theory]
    [InlineData("of another host", "SSL_CERT_FILE")]
    [InlineData("expired", "SSL_CERT_FILE")]
    [InlineData("not yet valid", "SSL_CERT_FILE")]
    [InlineData("of an unknown authority", "SSL_CERT_FILE")]
    [InlineData("of another host", "SERedis_IssuerCertPath")]
    [InlineData("expired", "SERedis_IssuerCertPath")]
    [InlineData("not yet valid", "SERedis_IssuerCertPath")]
    [InlineData("of an unknown authority", "SERedis_IssuerCertPath")]
    public async Task No_credential_is_kept_in_a_Redis_with_a_certificate_that_is(string flaw, string trust)
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var environment = Trusting(fleet, trust);
        var (port, bad) = await RedisAsync(fleet, _authority.Bad(flaw));
        var file = UseRedis(fleet, port);
        await using (bad)
        {
            await using var gateway = await GatewayProcess.StartAsync(file, environment);
            await gateway.UntilAsync(status => status.GetProperty("problem").GetString()?.Contains("its certificate is not one that this machine trusts", StringComparison.Ordinal) == true);
            Assert.Equal(0, fleet.Simulator.Counters.TokenCalls);
        }

        var (goodPort, good) = await RedisAsync(fleet, _authority.Good());
        await using (good)
        {
            await using var gateway = await GatewayProcess.StartAsync(UseRedis(fleet, goodPort), environment);
            await gateway.UntilActiveAsync();
        }
    }

    [Fact]
    public async Task What_a_provider_left_out_of_its_chain_is_not_fetched_from_where_its_certificate_says()
    {
        await using var file = await IssuerFile.StartAsync();
        using var certificate = Incomplete(file);
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        await using var provider = await TlsFront.StartAsync(certificate, fleet.Simulator.BaseUrl);
        var gateway = await fleet.StartGatewayAsync(plum => plum["OAuthUrl"] = provider.Url, Trusting(fleet));

        await gateway.UntilAsync(status => status.GetProperty("problem").GetString()?.Contains("tls_failed", StringComparison.Ordinal) == true);

        Assert.Equal((0, 0), (provider.Requests, file.Requests));
    }

    [Fact]
    public async Task What_an_upstream_left_out_of_its_chain_is_not_fetched_from_where_its_certificate_says()
    {
        await using var file = await IssuerFile.StartAsync();
        using var certificate = Incomplete(file);
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        await using var upstream = await TlsFront.StartAsync(certificate, fleet.Simulator.UpstreamUrl);
        var environment = Trusting(fleet);
        environment["ReverseProxy__Clusters__plum__Destinations__api__Address"] = upstream.Url;
        var gateway = await fleet.StartGatewayAsync(environment: environment);
        await gateway.UntilActiveAsync();

        using var refused = await gateway.GetAsync();
        Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);
        Assert.Equal((0, 0), (upstream.Requests, file.Requests));

        // With a whole chain it would be good.
        upstream.Certificate = _authority.Good();
        using var answered = await gateway.GetAsync();
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    private X509Certificate2 Incomplete(IssuerFile file)
    {
        var certificate = _authority.Indirect(file.Url, out var issuer);
        file.Content = issuer.Export(X509ContentType.Cert);
        issuer.Dispose();
        return certificate;
    }

    private Dictionary<string, string> Trusting(GatewayFleet fleet, string variable = "SSL_CERT_FILE")
    {
        var file = Path.Combine(fleet.Folder, "authority.pem");
        File.WriteAllText(file, _authority.Pem);
        return new(StringComparer.Ordinal) { [variable] = file };
    }

    private static async Task<(int Port, RedisServer Server)> RedisAsync(GatewayFleet fleet, X509Certificate2 certificate)
    {
        var port = Ports.Free();
        var (file, key) = (Path.Combine(fleet.Folder, $"{port}.crt"), Path.Combine(fleet.Folder, $"{port}.key"));
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return (port, await RedisServer.StartOwnAsync(
            "--tls-port", $"{port}", "--tls-cert-file", file, "--tls-key-file", key, "--tls-ca-cert-file", file, "--tls-auth-clients", "no"));
    }

    private static string UseRedis(GatewayFleet fleet, int port)
    {
        var file = fleet.WriteConfiguration();
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        root["TokenGateway"]!["Store"]!["Kind"] = "Redis";
        root["TokenGateway"]!["Store"]!["Redis"] = $"{TestAuthority.Host}:{port},ssl=true";
        File.WriteAllText(file, root.ToJsonString());
        return file;
    }
}
