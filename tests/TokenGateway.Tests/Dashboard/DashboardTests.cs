using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace TokenGateway.Tests.Dashboard;

/// <summary>The dashboard in Chromium, against the gateway as it is shipped and tokens that rotate.</summary>
public sealed partial class DashboardTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly SimulatorOptions ShortLived = new() { AccessTokenLifetime = TimeSpan.FromSeconds(4) };

    [Fact]
    public async Task It_follows_rotations_without_reloading()
    {
        await using var fleet = await GatewayFleet.StartAsync(ShortLived, replicas: 2, credential: plum => plum["DefaultRefreshExpiresIn"] = "30.00:00:00");
        await using var page = await browser.OpenAsync(fleet.First.Management);
        await page.ShowsStateAsync("Active");
        var before = await page.Field("generation").TextContentAsync();

        await Expect(page.Field("generation")).Not.ToHaveTextAsync(before!, new() { Timeout = 20_000 });
        await page.ShowsStateAsync("Active");
        await Expect(page.Page.Locator("#summary")).ToHaveTextAsync("The credential is well");
        await Expect(page.Field("serving")).ToHaveTextAsync("Requests are served.");
        await Expect(page.Card.Locator(".timeline svg")).ToHaveAttributeAsync("aria-label", Alive());
        await Expect(page.Card.Locator(".history svg rect").Nth(1)).ToBeAttachedAsync();
        await Expect(page.Field("by")).Not.ToBeEmptyAsync();
        await Expect(page.Field("access")).ToContainTextAsync(" s left");
        await Expect(page.Field("refresh")).ToHaveTextAsync("29 d 23 h left");

        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task The_last_verdicts_are_shown_with_who_asked_about_which_generation_and_why_not_valid()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions(), credential: plum => plum["Validation"] = new JsonObject { ["OnAdopt"] = false });
        await using var page = await browser.OpenAsync(fleet.First.Management);
        await page.ShowsStateAsync("Active");
        await Expect(page.Card.Locator(".verdicts")).ToBeHiddenAsync();
        await page.AskAsync("Validate");
        await Expect(page.Field("result")).ToHaveTextAsync("The verdict is valid.");
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Status(503));
        await page.AskAsync("Validate");
        await Expect(page.Field("result")).ToHaveTextAsync("The verdict is unknown (http_503).");
        await Expect(page.Field("result")).ToHaveAttributeAsync("data-level", "warn");

        await page.Card.Locator(".verdicts summary").ClickAsync();
        var rows = page.Card.GetByRole(AriaRole.Region, new() { Name = "Validation verdicts" }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        var by = await page.Field("by").TextContentAsync();
        await Expect(rows.Nth(0).Locator("td")).ToHaveTextAsync([AnyTime(), Exactly("unknown"), Exactly("1"), Exactly(by!), Exactly("http_503")]);
        await Expect(rows.Nth(1).Locator("td")).ToHaveTextAsync([AnyTime(), Exactly("valid"), Exactly("1"), Exactly(by!), Exactly("")]);
        await Expect(page.Card.Locator(".verdicts svg")).ToHaveAttributeAsync("aria-label", "2 verdicts, 1 of them valid.");
        await page.PicturesAsync("verdicts");

        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Rotate_validate_and_reseed_ask_before_they_do_it_and_tell_what_came_of_it()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions(), credential: plum => plum["MinRefreshInterval"] = "00:00:00");
        await using var page = await browser.OpenAsync(fleet.First.Management);
        await page.ShowsStateAsync("Active");
        await page.PicturesAsync("active");

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
        await page.ShowsStateAsync("Before: Active");
        await Expect(page.Field("serving")).ToHaveTextAsync("Nobody knows whether requests are served.");
        await Expect(page.Field("action")).ToContainTextAsync("See whether the gateway runs");
        await page.PicturesAsync("disconnected");
        Edit(file, root => root["TokenGateway"]!["Management"]!["Url"] = management.ToString());
        await using var second = await GatewayProcess.StartAsync(file);

        await Expect(page.Page.Locator("#connection")).ToHaveTextAsync("Live", new() { Timeout = 20_000 });
        await page.ShowsStateAsync("Active");
        await Expect(page.Field("serving")).ToHaveTextAsync("Requests are served.");
        await first.DisposeAsync();
    }

    [Fact]
    public async Task A_credential_that_is_taken_out_of_the_configuration_takes_its_card_and_its_alarm_along()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var file = fleet.WriteConfiguration();
        Edit(file, root =>
        {
            var peach = root["TokenGateway"]!["Credentials"]!["plum"]!.DeepClone().AsObject();
            peach.Remove("RefreshTokenFile");
            root["TokenGateway"]!["Credentials"]!["peach"] = peach;
        });
        await using var gateway = await GatewayProcess.StartAsync(file);
        await using var page = await browser.OpenAsync(gateway.Management);
        await page.ShowsStateAsync("Active");
        await Expect(page.Page.Locator("#summary")).ToHaveTextAsync("Act now: requests of 1 of 2 credentials are refused");

        Edit(file, root => root["TokenGateway"]!["Credentials"]!.AsObject().Remove("peach"));

        await Expect(page.Page.GetByRole(AriaRole.Article)).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        await Expect(page.Page.Locator("#summary")).ToHaveTextAsync("The credential is well");
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

    [GeneratedRegex("^[0-9]{1,2}:[0-9]{2}:[0-9]{2}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AnyTime();

    private static Regex Exactly(string text) => new($"^{Regex.Escape(text)}$", RegexOptions.None, TimeSpan.FromSeconds(1));

    [GeneratedRegex("^Issued .* expires in ", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Alive();

    private static void Edit(string file, Action<JsonNode> change)
    {
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        change(root);
        File.WriteAllText(file, root.ToJsonString());
    }
}
