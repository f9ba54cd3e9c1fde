using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace TokenGateway.Tests.Dashboard;

/// <summary>The dashboard in Chromium, against the gateway as it is shipped and tokens that rotate.</summary>
[Collection(nameof(EndToEndGroup))]
public sealed partial class DashboardTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly SimulatorOptions ShortLived = new() { AccessTokenLifetime = TimeSpan.FromSeconds(4) };

    [Theory]
    [InlineData(ColorScheme.Light, false, "active-light")]
    [InlineData(ColorScheme.Dark, false, "active-dark")]
    [InlineData(ColorScheme.Light, true, "active-phone-light")]
    [InlineData(ColorScheme.Dark, true, "active-phone-dark")]
    public async Task It_follows_rotations_without_reloading_and_has_no_barriers(ColorScheme scheme, bool phone, string picture)
    {
        await using var fleet = await GatewayFleet.StartAsync(ShortLived, replicas: 2);
        await using var page = await browser.OpenAsync(fleet.First.Management, scheme, phone);
        await page.ShowsStateAsync("Active");
        var before = await page.Field("generation").TextContentAsync();

        await Expect(page.Field("generation")).Not.ToHaveTextAsync(before!, new() { Timeout = 20_000 });
        await page.ShowsStateAsync("Active");
        await Expect(page.Page.Locator("#summary")).ToHaveTextAsync("The credential is well");
        await Expect(page.Field("serving")).ToHaveTextAsync("Requests are served.");
        await Expect(page.Card.Locator(".timeline svg")).ToHaveAttributeAsync("aria-label", Alive());
        Assert.True(await page.Card.Locator(".history svg rect").CountAsync() >= 2);
        await Expect(page.Field("by")).Not.ToBeEmptyAsync();
        await page.PictureAsync(picture);

        Assert.Equal([], await page.BarriersAsync());
        Assert.Empty(page.Complaints);
        Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the screen.");
    }

    [Fact]
    public async Task Rotate_validate_and_reseed_ask_before_they_do_it_and_tell_what_came_of_it()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions(), credential: plum => plum["MinRefreshInterval"] = "00:00:00");
        await using var page = await browser.OpenAsync(fleet.First.Management);
        await page.ShowsStateAsync("Active");

        await page.AskAsync("Rotate");
        await Expect(page.Field("result")).ToContainTextAsync("Rotated: generation 2");
        await page.AskAsync("Validate");
        await Expect(page.Field("result")).ToHaveTextAsync("The verdict is valid.");
        await page.Card.GetByRole(AriaRole.Button, new() { Name = "Reseed plum" }).ClickAsync();
        await page.Page.GetByLabel("New refresh token").FillAsync("never_issued");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Field("result")).ToContainTextAsync("The provider refused this refresh token.");
        await page.AskAsync("Reseed", dialog => dialog.GetByLabel("New refresh token").FillAsync(fleet.Simulator.IssueSeed().RefreshToken));
        await Expect(page.Field("result")).ToHaveTextAsync("The provider has accepted the new refresh token.");

        Assert.Equal("", await page.Page.EvaluateAsync<string>("document.getElementById('reseed-input').value"));
        Assert.DoesNotContain(page.Complaints, line => !line.Contains("422", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_done_by_a_dialog_that_is_left_with_the_keyboard_and_the_focus_comes_back()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions());
        await using var page = await browser.OpenAsync(fleet.First.Management);
        await page.ShowsStateAsync("Active");
        var calls = fleet.Simulator.Counters.TokenCalls;
        var button = page.Card.GetByRole(AriaRole.Button, new() { Name = "Rotate plum" });

        await button.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.GetByRole(AriaRole.Dialog, new() { Name = "Rotate plum now?" })).ToBeVisibleAsync();
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await page.PictureAsync("dialog-rotate");
        Assert.Equal([], await page.BarriersAsync());
        await page.Page.Keyboard.PressAsync("Escape");

        await Expect(button).ToBeFocusedAsync();
        await Expect(page.Field("result")).ToBeEmptyAsync();
        Assert.Equal(calls, fleet.Simulator.Counters.TokenCalls);
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
        await page.PictureAsync("in-doubt-light");

        Assert.Equal([], await page.BarriersAsync());
    }

    [Fact]
    public async Task A_dead_credential_says_that_somebody_must_log_in_and_a_reseed_brings_it_back()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(4) });
        await using var page = await browser.OpenAsync(fleet.First.Management, ColorScheme.Dark, phone: true);
        await page.ShowsStateAsync("Active");
        fleet.Simulator.RevokeFamily(fleet.Seed.Family);

        await page.ShowsStateAsync("Log in again");
        await Expect(page.Field("serving")).ToHaveTextAsync("Requests are refused.", new() { Timeout = 20_000 });
        await Expect(page.Field("action")).ToContainTextAsync("Log in at the provider");
        await Expect(page.Page.Locator("#summary")).ToContainTextAsync("Act now");
        await page.PictureAsync("reauthorization-phone-dark");
        Assert.Equal([], await page.BarriersAsync());
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
        await fleet.Simulator.StartListeningAsync();

        await Expect(page.Page.Locator("#summary")).ToHaveTextAsync("The credential is well", new() { Timeout = 20_000 });
    }

    [Fact]
    public async Task A_gateway_that_goes_and_comes_back_is_noticed_and_found_again()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var file = fleet.WriteConfiguration();
        var first = await GatewayProcess.StartAsync(file);
        var management = first.Management;
        await using var page = await browser.OpenAsync(management);
        await page.ShowsStateAsync("Active");
        await Expect(page.Page.Locator("#connection")).ToHaveTextAsync("Live");

        await first.KillAsync();
        await Expect(page.Page.Locator("#connection")).ToContainTextAsync("Not connected since");
        await Expect(page.Page.Locator("#summary")).ToContainTextAsync("what is shown is from before");
        await page.PictureAsync("disconnected-light");
        Edit(file, root => root["TokenGateway"]!["Management"]!["Url"] = management.ToString());
        await using var second = await GatewayProcess.StartAsync(file);

        await Expect(page.Page.Locator("#connection")).ToHaveTextAsync("Live", new() { Timeout = 20_000 });
        await page.ShowsStateAsync("Active");
        await first.DisposeAsync();
    }

    [Fact]
    public async Task From_another_machine_the_key_is_asked_for_once()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var file = fleet.WriteConfiguration();
        Edit(file, root => root["TokenGateway"]!["Management"]!["ApiKey"] = "the_key");
        await using var gateway = await GatewayProcess.StartAsync(file);
        await using var page = await browser.OpenAsync(new UriBuilder(gateway.Management) { Host = Browser.OtherHost }.Uri);
        var dialog = page.Page.GetByRole(AriaRole.Dialog, new() { Name = "API key" });

        await Expect(dialog).ToBeVisibleAsync();
        await page.PictureAsync("key-light");
        await dialog.GetByLabel("Key").FillAsync("another_key");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator("#key-text")).ToContainTextAsync("was not accepted");
        await dialog.GetByLabel("Key").FillAsync("the_key");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ShowsStateAsync("Active");
        await page.AskAsync("Validate");
        await Expect(page.Field("result")).ToHaveTextAsync("The verdict is valid.");
        await page.Page.ReloadAsync();

        await page.ShowsStateAsync("Active");
        await Expect(dialog).ToBeHiddenAsync();
    }

    [GeneratedRegex("^Issued .* expires in ", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Alive();

    private static void Edit(string file, Action<JsonNode> change)
    {
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        change(root);
        File.WriteAllText(file, root.ToJsonString());
    }
}
