using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using TokenGateway.Simulator;
using TokenGateway.Testing;

namespace TokenGateway.Tests.Simulator;

/// <summary>The simulator's login is as strict as a provider may be (RFC 6749 §4.1, RFC 7636).</summary>
public sealed class AuthorizationTests
{
    private const string Redirect = "http://127.0.0.1:5000/login/callback";
    private static readonly string Verifier = new('v', 43);

    [Fact]
    public async Task Code_gives_a_pair_of_a_new_family_and_the_state_comes_back()
    {
        await using var host = await SimulatorHost.StartAsync();
        var location = HttpUtility.ParseQueryString((await Consent.GiveAsync(Url(host))).Query);

        var pair = await ExchangeAsync(host, location["code"]!);

        Assert.Equal(("state_1", host.BaseUrl), (location["state"], location["iss"]));
        Assert.Equal(200, (int)pair.Status);
        Assert.Equal(200, (int)(await host.CallUpstreamAsync(pair.Text("access_token"))).Status);
        Assert.Equal(200, (int)(await host.RotateAsync(pair.Text("refresh_token")!)).Status);
    }

    [Fact]
    public async Task Code_that_comes_again_is_refused_and_revokes_what_it_gave()
    {
        await using var host = await SimulatorHost.StartAsync();
        var code = await Consent.CodeAsync(Url(host));
        var pair = await ExchangeAsync(host, code);

        var again = await ExchangeAsync(host, code);

        Assert.Equal((400, "invalid_grant"), ((int)again.Status, again.Text("error")));
        Assert.Equal(401, (int)(await host.CallUpstreamAsync(pair.Text("access_token"))).Status);
        Assert.Equal("invalid_grant", (await host.RotateAsync(pair.Text("refresh_token")!)).Text("error"));
    }

    [Theory]
    [InlineData("redirect_uri", "http://127.0.0.1:5001/login/callback", "invalid_grant")]
    [InlineData("code_verifier", "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvw", "invalid_grant")]
    [InlineData("code_verifier", null, "invalid_grant")]
    [InlineData("code", "never_issued", "invalid_grant")]
    [InlineData("code", null, "invalid_request")]
    [InlineData("client_secret", "another", "invalid_client")]
    public async Task What_does_not_belong_to_the_code_gives_nothing(string name, string? value, string error)
    {
        await using var host = await SimulatorHost.StartAsync();
        var code = await Consent.CodeAsync(Url(host));

        var answer = await ExchangeAsync(host, code, name, value);

        Assert.Equal(error, answer.Text("error"));
        Assert.Empty(host.Provider.Families);
    }

    [Fact]
    public async Task Denied_consent_and_a_request_without_PKCE_come_back_as_errors()
    {
        await using var host = await SimulatorHost.StartAsync();

        var denied = HttpUtility.ParseQueryString((await Consent.GiveAsync(Url(host), allow: false)).Query);
        var plain = HttpUtility.ParseQueryString((await Consent.GiveAsync(new Uri(Url(host).AbsoluteUri.Replace("S256", "plain", StringComparison.Ordinal)))).Query);

        Assert.Equal(("access_denied", "state_1", null), (denied["error"], denied["state"], denied["code"]));
        Assert.Equal("invalid_request", plain["error"]);
    }

    [Theory]
    [InlineData("http%3A%2F%2F127.0.0.1%3A5000", "https%3A%2F%2Felsewhere.example")]
    [InlineData("client_id=demo", "client_id=another")]
    public async Task Nobody_is_sent_back_for_an_unknown_client_or_to_an_address_that_is_not_loopback(string part, string other)
    {
        await using var host = await SimulatorHost.StartAsync();
        var url = Url(host).AbsoluteUri.Replace(part, other, StringComparison.Ordinal);

        var page = await SimulatorCalls.GetAsync(url, accessToken: null);

        Assert.Equal(400, (int)page.Status);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Consent.GiveAsync(new Uri(url)));
    }

    private static Uri Url(SimulatorHost host)
    {
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
        return new Uri($"{host.BaseUrl}/authorize?response_type=code&client_id=demo&redirect_uri={Uri.EscapeDataString(Redirect)}&state=state_1&code_challenge={challenge}&code_challenge_method=S256");
    }

    private static Task<Reply> ExchangeAsync(SimulatorHost host, string code, string? name = null, string? value = null)
    {
        var parameters = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = Redirect,
            ["code_verifier"] = Verifier,
            ["client_id"] = host.Options.ClientId,
            ["client_secret"] = host.Options.ClientSecret,
        };
        if (name is not null)
        {
            parameters[name] = value;
        }

        return host.RotateAsync(parameters.Where(parameter => parameter.Value is not null).ToDictionary(parameter => parameter.Key, parameter => parameter.Value!, StringComparer.Ordinal));
    }
}
