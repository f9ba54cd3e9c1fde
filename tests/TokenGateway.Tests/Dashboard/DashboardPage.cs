using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using TokenGateway.Testing;
using static Microsoft.Playwright.Assertions;

namespace TokenGateway.Tests.Dashboard;

/// <summary>The dashboard in a browser, as its reader finds her way in it.</summary>
internal sealed class DashboardPage(IPage page) : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();

    public IPage Page => page;

    public ILocator Card => page.GetByRole(AriaRole.Article, new() { Name = "plum" });

    /// <summary>What the browser wrote to its console as an error: scripts that fail, and what the content policy forbids.</summary>
    public IEnumerable<string> Complaints => _complaints;

    public static async Task<DashboardPage> OpenAsync(IPage page, Uri management)
    {
        var dashboard = new DashboardPage(page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                dashboard._complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => dashboard._complaints.Enqueue(error);
        await page.GotoAsync(management.ToString());
        return dashboard;
    }

    public ILocator Field(string name) => Card.Locator($"[data-field='{name}']");

    public Task ShowsStateAsync(string words) => Expect(Field("state")).ToHaveTextAsync(words, new() { Timeout = 20_000 });

    /// <summary>Opens one of the card's dialogs, and confirms it.</summary>
    public async Task AskAsync(string button, Func<ILocator, Task>? fill = null)
    {
        await Card.GetByRole(AriaRole.Button, new() { Name = $"{button} plum" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToBeVisibleAsync();
        await (fill?.Invoke(dialog) ?? Task.CompletedTask);
        await dialog.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
    }

    /// <summary>Keeps the page as a picture for people to look at.</summary>
    public Task PictureAsync(string name) => page.ScreenshotAsync(new() { Path = RepositoryFile.PathOf($"artifacts/screenshots/{name}.png"), FullPage = true });

    /// <summary>Keeps the page as four pictures, wide and on a phone, light and dark. In each it must have no barrier and fit the screen.</summary>
    public async Task PicturesAsync(string name)
    {
        foreach (var (device, width, height) in new[] { ("", 1280, 900), ("-phone", 390, 844) })
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await PictureAsync($"{name}{device}-{(scheme == ColorScheme.Light ? "light" : "dark")}");
                Assert.Equal([], await BarriersAsync());
                Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the screen.");
            }
        }
    }

    /// <summary>What stands in a screen reader's or a colour-blind reader's way (WCAG 2 A and AA, by axe).</summary>
    public async Task<IReadOnlyList<string>> BarriersAsync()
    {
        var result = await page.RunAxe();
        return [.. result.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id}: {violation.Help}: {node.Html}"))];
    }

    public async ValueTask DisposeAsync() => await page.Context.CloseAsync();
}
