using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Microsoft.Playwright;
using TokenGateway.Simulator;
using TokenGateway.Testing;
using TokenGateway.Tests.Dashboard;
using TokenGateway.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace TokenGateway.Tests.Login;

/// <summary>A person logs in at the provider's page, from the dashboard and from a shell, and everything that can be wrong with the answer.</summary>
public sealed class LoginTests(Browser browser) : IClassFixture<Browser>
{
    private const string Mark = "s3cr3t";

    [Fact]
    public async Task Connect_on_the_dashboard_begins_a_credential_that_has_no_seed()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await StartAsync(fleet, seeded: false);
        await using var page = await browser.OpenAsync(gateway.Management, ColorScheme.Dark);
        await Expect(page.Field("action")).ToContainTextAsync("Connect on the dashboard, or 'login plum'");

        await page.AskAsync("Connect");
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "Simulated provider" })).ToBeVisibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();

        await Expect(page.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("plum is connected: its new tokens are stored and in use.");
        Assert.StartsWith(new Uri(gateway.Management, "/login/result?login=").AbsoluteUri, page.Page.Url, StringComparison.Ordinal);
        await page.PictureAsync("login-connected-dark");
        Assert.Equal([], await page.BarriersAsync());
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "To the dashboard" }).ClickAsync();
        await page.ShowsStateAsync("Active");
        using var answer = await gateway.GetAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task A_consent_that_is_denied_is_told_and_changes_nothing_and_the_button_works_again()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await StartAsync(fleet);
        var before = (await gateway.CredentialAsync()).GetProperty("fingerprint").GetString();
        await using var page = await browser.OpenAsync(gateway.Management);

        await page.AskAsync("Connect");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Deny" }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("The consent was denied, so plum was not connected. Nothing was changed.");
        await page.PictureAsync("login-denied-light");
        Assert.Equal(before, (await gateway.CredentialAsync()).GetProperty("fingerprint").GetString());
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "To the dashboard" }).ClickAsync();
        await page.AskAsync("Connect");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();

        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync("Connected");
        Assert.NotEqual(before, (await gateway.CredentialAsync()).GetProperty("fingerprint").GetString());
    }

    [Fact]
    public async Task The_command_shows_where_to_go_and_waits_until_a_dead_credential_is_alive_again()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await StartAsync(fleet);
        fleet.Simulator.RevokeFamily(fleet.Seed.Family);
        using var rotation = await PostAsync(gateway, "rotate?force=true");
        await gateway.UntilAsync(status => status.GetProperty("state").GetString() == "reauthorization_required");
        Assert.Contains("login plum", (await gateway.CredentialAsync()).GetProperty("action").GetString(), StringComparison.Ordinal);

        using var command = new Commands.GatewayProcess(fleet.Folder, "login", "plum", "--config", ManagementOf(fleet, gateway));
        var url = await ReadUrlAsync(command.Output);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(url);
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
        var (code, output, error) = await command.ExitAsync();

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("plum is connected", output, StringComparison.Ordinal);
        await gateway.UntilActiveAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_command_tells_what_went_wrong_with_exit_code_1()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await StartAsync(fleet);

        using var denied = new Commands.GatewayProcess(fleet.Folder, "login", "plum", "--config", ManagementOf(fleet, gateway));
        using var answer = await gateway.Client.GetAsync(await Consent.GiveAsync(new Uri(await ReadUrlAsync(denied.Output)), allow: false));
        var (code, _, error) = await denied.ExitAsync();

        Assert.Equal(1, code);
        Assert.Contains("The consent was denied", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_good_once_and_only_with_the_state_of_a_login_that_waits()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await StartAsync(fleet);
        var calls = fleet.Simulator.Counters.TokenCalls;

        var callback = await Consent.GiveAsync(await BeginAsync(gateway));
        await RefusedAsync(gateway, new Uri(callback, "/login/callback"));
        await RefusedAsync(gateway, new Uri(callback.AbsoluteUri.Replace("state=", "state=x", StringComparison.Ordinal)));
        Assert.Equal(calls, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal("1", await RotatedAsync(gateway));
        Assert.Contains("plum is connected", await FollowAsync(gateway, callback), StringComparison.Ordinal);
        Assert.Equal(calls + 1, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal("2", await RotatedAsync(gateway)); // A new generation, whoever made it.
        await RefusedAsync(gateway, callback);

        Assert.Equal(calls + 1, fleet.Simulator.Counters.TokenCalls);
        await gateway.UntilActiveAsync();
    }

    [Fact]
    public async Task An_answer_from_elsewhere_or_without_a_code_ends_its_login()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await StartAsync(fleet);
        var calls = fleet.Simulator.Counters.TokenCalls;

        var stray = (await Consent.GiveAsync(await BeginAsync(gateway))).AbsoluteUri.Split("&iss=")[0];
        Assert.Contains("another provider", await FollowAsync(gateway, new Uri(stray + "&iss=https%3A%2F%2Felsewhere.example")), StringComparison.Ordinal);
        await RefusedAsync(gateway, new Uri(stray));
        var state = HttpUtility.ParseQueryString((await BeginAsync(gateway)).Query)["state"];
        Assert.Contains("neither a code nor an error", await FollowAsync(gateway, new Uri(gateway.Management, $"/login/callback?state={state}")), StringComparison.Ordinal);
        state = HttpUtility.ParseQueryString((await BeginAsync(gateway)).Query)["state"];
        var page = await FollowAsync(gateway, new Uri(gateway.Management, $"/login/callback?state={state}&error=%3Cscript%3E&error_description=call+this+number"));

        Assert.Contains("The provider refused the login of plum", page, StringComparison.Ordinal);
        Assert.DoesNotContain("script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("call this number", page, StringComparison.Ordinal);
        Assert.Equal(calls, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_told_on_the_page_and_no_code_token_or_state_is_in_a_log()
    {
        var tokens = 0;
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions { ClientSecret = $"{Mark}-client" }, newToken: () => $"{Mark}-{Interlocked.Increment(ref tokens)}");
        var gateway = await StartAsync(fleet, environment: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Logging__LogLevel__Default"] = "Trace",
            ["Logging__LogLevel__Microsoft"] = "Trace",
            ["Logging__LogLevel__System"] = "Trace",
            ["Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace", // Off unless it is named.
        });
        var first = await Consent.GiveAsync(await BeginAsync(gateway));
        await fleet.Simulator.StopListeningAsync();
        var away = await FollowAsync(gateway, first);
        await fleet.Simulator.StartListeningAsync();
        var second = await Consent.GiveAsync(await BeginAsync(gateway));
        var connected = await FollowAsync(gateway, second);
        await gateway.TerminateAsync();

        Assert.Contains("could not be reached", away, StringComparison.Ordinal);
        Assert.Contains("plum is connected", connected, StringComparison.Ordinal);
        Assert.Contains("trce:", gateway.Output, StringComparison.Ordinal);
        Assert.Contains("end of the login of credential plum", gateway.Output, StringComparison.Ordinal);
        foreach (var callback in new[] { first, second })
        {
            var answer = HttpUtility.ParseQueryString(callback.Query);
            Assert.DoesNotContain(answer["code"]!, gateway.Output + away + connected, StringComparison.Ordinal);
            Assert.DoesNotContain(answer["state"]!, gateway.Output + away + connected, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Mark, gateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beginning_a_login_needs_the_key_and_ending_it_does_not()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await StartAsync(fleet, environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["TokenGateway__Management__ApiKey"] = "the_key" });

        using var elsewhere = await PostAsync(gateway, "login", host: "gateway.example");
        using var foreign = await PostAsync(gateway, "login", origin: "https://elsewhere.example");
        using var withKey = await PostAsync(gateway, "login", host: "gateway.example", key: "the_key");
        var callback = await Consent.GiveAsync(await UrlAsync(withKey));
        using var request = new HttpRequestMessage(HttpMethod.Get, callback);
        request.Headers.Host = "gateway.example";
        using var ended = await gateway.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (elsewhere.StatusCode, foreign.StatusCode));
        Assert.Equal(HttpStatusCode.Found, ended.StatusCode);
        Assert.DoesNotContain("code", ended.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_authorization_endpoint_there_is_no_button_and_the_API_names_the_setting()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions());
        await using var page = await browser.OpenAsync(fleet.First.Management);
        await page.ShowsStateAsync("Active");

        using var answer = await PostAsync(fleet.First, "login");

        await Expect(page.Card.GetByRole(AriaRole.Button, new() { Name = "Connect plum" })).ToBeHiddenAsync();
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("TokenGateway:Credentials:plum:AuthorizationEndpoint", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<GatewayProcess> StartAsync(GatewayFleet fleet, bool seeded = true, IReadOnlyDictionary<string, string>? environment = null)
    {
        var gateway = await fleet.StartGatewayAsync(plum =>
        {
            plum["AuthorizationEndpoint"] = fleet.Simulator.BaseUrl + "/authorize";
            plum["MinRefreshInterval"] = "00:00:00";
            if (!seeded)
            {
                plum.Remove("RefreshTokenFile");
            }
        }, environment);
        await (seeded ? gateway.UntilActiveAsync() : Task.CompletedTask);
        return gateway;
    }

    /// <summary>The counter of rotations that went well.</summary>
    private static async Task<string> RotatedAsync(GatewayProcess gateway) =>
        (await gateway.Client.GetStringAsync(new Uri(gateway.Management, "/metrics"))).Split("tokengateway_rotations_total{credential=\"plum\",outcome=\"rotated\"} ")[1].Split('\n')[0];

    private static async Task<Uri> BeginAsync(GatewayProcess gateway)
    {
        using var answer = await PostAsync(gateway, "login");
        return await UrlAsync(answer);
    }

    private static async Task<Uri> UrlAsync(HttpResponseMessage begun)
    {
        begun.EnsureSuccessStatusCode();
        return new Uri(JsonDocument.Parse(await begun.Content.ReadAsStringAsync()).RootElement.GetProperty("url").GetString()!);
    }

    private static async Task<HttpResponseMessage> PostAsync(GatewayProcess gateway, string part, string? host = null, string? origin = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Management, $"/api/credentials/plum/{part}"));
        request.Headers.Host = host;
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await gateway.Client.SendAsync(request);
    }

    /// <summary>The page that a browser ends at.</summary>
    private static async Task<string> FollowAsync(GatewayProcess gateway, Uri callback)
    {
        using var answer = await gateway.Client.GetAsync(callback);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        using var page = await gateway.Client.GetAsync(new Uri(gateway.Management, answer.Headers.Location!));
        return WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
    }

    private static async Task RefusedAsync(GatewayProcess gateway, Uri callback)
    {
        using var answer = await gateway.Client.GetAsync(callback);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("belongs to no login that waits", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> ReadUrlAsync(StreamReader output)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (await output.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.TrimStart().StartsWith("http", StringComparison.Ordinal))
            {
                return line.Trim();
            }
        }

        throw new InvalidOperationException("The command has printed no address.");
    }

    private static string ManagementOf(GatewayFleet fleet, GatewayProcess gateway)
    {
        var file = Path.Combine(fleet.Folder, "command.json");
        File.WriteAllText(file, new JsonObject { ["TokenGateway"] = new JsonObject { ["Management"] = new JsonObject { ["Url"] = gateway.Management.ToString() } } }.ToJsonString());
        return file;
    }
}
