using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TokenGateway.Tokens.Tests.Hosting;

/// <summary>What is wrong is told when the application starts, by the setting's name, and not at the first request.</summary>
public sealed class StartupCheckTests
{
    [Fact]
    public async Task A_client_of_a_credential_that_is_not_configured_stops_the_start_and_is_named()
    {
        await using var library = await LibraryHost.CreateAsync("plum");

        var mistake = await Assert.ThrowsAsync<OptionsValidationException>(() => library.StartAsync("plum", "pear", "Plum"));

        Assert.Equal(
            [
                "AddHttpClient(\"pear\").AddBearerToken(\"pear\") names a credential that is not configured: set TokenGateway:Credentials:pear, or name one of plum",
                "AddHttpClient(\"Plum\").AddBearerToken(\"Plum\") names a credential that is not configured: the configuration spells it 'plum', and names are told apart by case",
            ],
            mistake.Failures);
        Assert.Equal(0, library.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task Every_mistake_is_told_at_once()
    {
        await using var library = await LibraryHost.CreateAsync("plum");
        library.Set("plum", "ClientId", "").Set("plum", "Patience", "soon");

        var mistake = await Assert.ThrowsAsync<OptionsValidationException>(() => library.StartAsync("pear"));

        Assert.Equal(
            ["TokenGateway:Credentials:plum:ClientId", "TokenGateway:Credentials:plum:Patience", "AddHttpClient(\"pear\").AddBearerToken(\"pear\")"],
            mistake.Failures.Select(failure => failure.Split(' ')[0]));
    }

    [Fact]
    public async Task A_client_without_the_engine_says_what_to_call()
    {
        await using var library = await LibraryHost.CreateAsync();

        var mistake = await Assert.ThrowsAsync<OptionsValidationException>(
            () => library.StartAsync(services => library.AddClient(services, "plum").AddBearerToken("plum")));

        Assert.Equal("AddHttpClient(\"plum\").AddBearerToken(\"plum\") has no tokens to attach: call services.AddTokenGateway(configuration) as well", Assert.Single(mistake.Failures));
    }

    [Fact]
    public async Task A_client_with_two_tokens_is_a_mistake()
    {
        await using var library = await LibraryHost.CreateAsync("plum", "pear");

        var mistake = await Assert.ThrowsAsync<OptionsValidationException>(() => library.StartAsync(services =>
        {
            services.AddTokenGateway(library.Configuration);
            library.AddClient(services, "both").AddBearerToken("plum").AddBearerToken("pear");
        }));

        Assert.Equal("AddHttpClient(\"both\") has AddBearerToken 2 times, and a request carries one token; keep one of plum, pear", Assert.Single(mistake.Failures));
    }

    [Fact]
    public async Task A_token_source_that_is_not_configured_is_named()
    {
        await using var library = await LibraryHost.CreateAsync("plum");
        await library.StartAsync("plum");

        var mistake = Assert.Throws<InvalidOperationException>(() => library.Services.GetRequiredKeyedService<ITokenSource>("pear"));

        Assert.Equal("The token source 'pear' names a credential that is not configured: set TokenGateway:Credentials:pear, or name one of plum.", mistake.Message);
        Assert.Equal("plum", library.Services.GetRequiredKeyedService<ITokenSource>("plum").Credential);
    }

    [Fact]
    public async Task Without_any_credential_the_engine_starts_and_has_none()
    {
        await using var library = await LibraryHost.CreateAsync();
        await library.StartAsync(services => services.AddTokenGateway(library.Configuration).AddTokenGateway(new ConfigurationBuilder().Build()));

        Assert.Empty(library.Services.GetRequiredService<ITokenManager>().Credentials);
    }
}
