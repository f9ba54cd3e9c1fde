using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenGateway.Configuration;

namespace TokenGateway.Tests.Configuration;

public sealed class ListeningAddressesTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://127.8.8.8:8080")]
    [InlineData("http://[::1]:80")]
    [InlineData("http://[::ffff:127.0.0.1]:80")]
    [InlineData("http://localhost:5000")]
    [InlineData("https://LOCALHOST")]
    [InlineData("http://unix:/run/gateway.sock")]
    public void CheckBound_loopback_is_accepted_without_keys(string address) =>
        Assert.Empty(ListeningAddresses.CheckBound([address], new InboundSettings()));

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://*:80")]
    [InlineData("http://+:80")]
    [InlineData("http://10.0.0.1:80")]
    [InlineData("https://host.name:1")]
    [InlineData("http://localhost.example.com:80")]
    [InlineData("http://[::ffff:10.0.0.1]:80")]
    [InlineData("nonsense")]
    public void CheckBound_anything_else_needs_keys_or_permission(string address)
    {
        var error = Assert.Single(ListeningAddresses.CheckBound(["http://127.0.0.1:1", address], new InboundSettings()));

        Assert.Equal("Urls", error.Path);
        Assert.StartsWith($"binds {address}, which is not loopback", error.Message, StringComparison.Ordinal);
        Assert.Empty(ListeningAddresses.CheckBound([address], new InboundSettings { AllowAnonymous = true }));
    }

    [Fact]
    public async Task CheckBound_judges_what_Kestrel_says_it_has_bound()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0", "http://[::1]:0");
        await using var app = builder.Build();
        await app.StartAsync();

        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

        Assert.Equal(2, bound.Count);
        Assert.Empty(ListeningAddresses.CheckBound(bound, new InboundSettings()));
    }

    [Theory]
    [InlineData("http://127.0.0.1:80", "http://127.0.0.1:80", true)]
    [InlineData("http://127.0.0.1:80", "https://127.0.0.1:80", true)]
    [InlineData("http://127.0.0.1:80", "http://localhost:80", true)]
    [InlineData("http://localhost:80", "http://[::1]:80", true)]
    [InlineData("http://*:80", "http://127.0.0.1:80", true)]
    [InlineData("http://0.0.0.0:80", "http://10.0.0.1:80", true)]
    [InlineData("http://unix:/a", "http://unix:/a", true)]
    [InlineData("http://127.0.0.1:80", "http://127.0.0.1:81", false)]
    [InlineData("http://127.0.0.1:0", "http://127.0.0.1:0", false)]
    [InlineData("http://127.0.0.1:80", "http://10.0.0.1:80", false)]
    [InlineData("http://unix:/a", "http://unix:/b", false)]
    [InlineData("http://unix:/a", "http://*:80", false)]
    public void Overlaps_tells_whether_two_listeners_want_one_port(string one, string other, bool expected)
    {
        var (first, second) = (new ListeningAddress("Urls", one), new ListeningAddress("Urls", other));

        Assert.Equal((expected, expected), (first.Overlaps(second), second.Overlaps(first)));
    }

    [Fact]
    public void Configured_endpoints_of_Kestrel_win_over_urls() =>
        AssertConfigured(
            [("Urls", "http://*:1"), ("HTTP_PORTS", "2"), ("Kestrel:Endpoints:A:Url", "http://*:3"), ("Kestrel:Endpoints:B:Url", "https://*:4")],
            new ListeningAddress("Kestrel:Endpoints:A:Url", "http://*:3"),
            new ListeningAddress("Kestrel:Endpoints:B:Url", "https://*:4"));

    [Fact]
    public void Configured_urls_win_over_ports() =>
        AssertConfigured(
            [("URLS", "http://localhost:1; http://localhost:2;"), ("HTTP_PORTS", "3")],
            new ListeningAddress("Urls", "http://localhost:1"),
            new ListeningAddress("Urls", "http://localhost:2"));

    [Fact]
    public void Configured_ports_mean_any_address() =>
        AssertConfigured(
            [("HTTP_PORTS", "1;2"), ("HTTPS_PORTS", "3")],
            new ListeningAddress("HTTP_PORTS", "http://*:1"),
            new ListeningAddress("HTTP_PORTS", "http://*:2"),
            new ListeningAddress("HTTPS_PORTS", "https://*:3"));

    [Fact]
    public void Configured_nothing_is_loopback() =>
        AssertConfigured([("Urls", "")], new ListeningAddress("Urls", ListeningAddresses.DefaultUrl));

    private static void AssertConfigured((string Key, string? Value)[] settings, params ListeningAddress[] expected)
    {
        var root = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
            .Build();

        Assert.Equal(expected, ListeningAddresses.Configured(root));
    }
}
