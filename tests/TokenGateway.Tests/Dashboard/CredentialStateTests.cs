using Microsoft.Playwright;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace TokenGateway.Tests.Dashboard;

/// <summary>What the dashboard says in each state of a credential, as words and as pictures.</summary>
public sealed class CredentialStateTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task A_rotation_under_way_says_who_rotates_and_that_nothing_is_to_be_done()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions(), credential: plum =>
        {
            // The pictures of a rotation that hangs must be taken while it does.
            (plum["MinRefreshInterval"], plum["TokenEndpointTimeout"], plum["LeaseDuration"]) = ("00:00:00", "00:05:00", "00:06:00");
        });
        await using var page = await browser.OpenAsync(fleet.First.Management);
        await page.ShowsStateAsync("Active");
        var replica = await page.Field("by").TextContentAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang());

        await page.AskAsync("Rotate");
        await page.ShowsStateAsync("Rotating");
        await Expect(page.Field("serving")).ToHaveTextAsync("Requests are served.");
        await Expect(page.Field("action")).ToHaveTextAsync("Nothing to do: the refresh token is being exchanged.");
        await Expect(page.Field("lease")).ToHaveTextAsync(replica!);
        await page.PicturesAsync("rotating");
        fleet.Simulator.Faults.Release();

        await page.ShowsStateAsync("Active");
        await Expect(page.Field("lease")).ToHaveTextAsync("free");
    }

    [Fact]
    public async Task A_credential_without_a_seed_says_so_and_a_reseed_begins_it()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await fleet.StartGatewayAsync(plum => plum.Remove("RefreshTokenFile"));
        await using var page = await browser.OpenAsync(gateway.Management);

        await page.ShowsStateAsync("No refresh token yet");
        await Expect(page.Field("serving")).ToHaveTextAsync("Requests are refused.");
        await Expect(page.Field("problem")).ToContainTextAsync("TokenGateway:Credentials:plum:RefreshToken");
        await Expect(page.Field("action")).ToContainTextAsync("Log in at the provider and hand over the refresh token");
        await Expect(page.Page.Locator("#summary")).ToContainTextAsync("Act now");
        await Expect(page.Card.Locator(".timeline")).ToBeHiddenAsync();
        await Expect(page.Card.Locator("button.primary")).ToHaveTextAsync("Reseed…");
        await page.PicturesAsync("unseeded");
        await page.AskAsync("Reseed", dialog => dialog.GetByLabel("New refresh token").FillAsync(fleet.Seed.RefreshToken));

        await page.ShowsStateAsync("Active");
    }

    [Fact]
    public async Task A_doubt_says_that_requests_are_served_and_what_ends_it()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions(), credential: plum => plum["MinRefreshInterval"] = "00:00:00");
        await using var page = await browser.OpenAsync(fleet.First.Management);
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));

        await page.AskAsync("Rotate");
        await page.ShowsStateAsync("In doubt");
        await Expect(page.Field("serving")).ToHaveTextAsync("Requests are served.");
        await Expect(page.Field("action")).ToContainTextAsync("at once with a reseed");
        await Expect(page.Field("result")).ToHaveTextAsync("The answer was lost; the refresh token may be spent. The reason is connection_lost.");
        await page.PicturesAsync("in-doubt");
    }

    [Fact]
    public async Task A_dead_credential_says_that_somebody_must_log_in_and_a_reseed_brings_it_back()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(4) });
        await using var page = await browser.OpenAsync(fleet.First.Management);
        await page.ShowsStateAsync("Active");
        fleet.Simulator.RevokeFamily(fleet.Seed.Family);

        await page.ShowsStateAsync("Log in again");
        await Expect(page.Field("serving")).ToHaveTextAsync("Requests are refused.", new() { Timeout = 20_000 });
        await Expect(page.Field("action")).ToContainTextAsync("Log in at the provider");
        await Expect(page.Page.Locator("#summary")).ToHaveTextAsync("Act now: requests of the credential are refused");
        await Expect(page.Card.Locator("button.primary")).ToHaveTextAsync("Reseed…");
        await page.PicturesAsync("reauthorization-required");
        await page.AskAsync("Reseed", dialog => dialog.GetByLabel("New refresh token").FillAsync(fleet.Simulator.IssueSeed().RefreshToken));

        await page.ShowsStateAsync("Active");
    }

    [Fact]
    public async Task A_provider_that_is_away_is_told_from_a_dead_credential()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(8) });
        await using var page = await browser.OpenAsync(fleet.First.Management, ColorScheme.Dark);
        await page.ShowsStateAsync("Active");

        await fleet.Simulator.StopListeningAsync();
        await Expect(page.Field("problem")).ToContainTextAsync("could not be reached", new() { Timeout = 20_000 });
        await Expect(page.Page.Locator("#summary")).ToContainTextAsync("Look into it");
        await page.PictureAsync("provider-away-dark");
        await Expect(page.Field("serving")).ToHaveTextAsync("Requests are refused.", new() { Timeout = 20_000 });
        await page.ShowsStateAsync("No usable token");
        await page.PicturesAsync("provider-away-and-expired");
        await fleet.Simulator.StartListeningAsync();

        await Expect(page.Page.Locator("#summary")).ToHaveTextAsync("The credential is well", new() { Timeout = 20_000 });
    }
}
