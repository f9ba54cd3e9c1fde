using Microsoft.Playwright;

namespace TokenGateway.Tests.Dashboard;

/// <summary>A Chromium without a window. One that is missing fails the tests; it never skips them.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>A name that the browser finds on this machine, as if it came from elsewhere.</summary>
    public const string OtherHost = "gateway.example";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        var path = Find() ?? throw new InvalidOperationException(
            "The dashboard's tests need Chromium: run tests/run, or install it (Debian: apt-get install chromium) or name it in TOKENGATEWAY_TEST_CHROMIUM.");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--no-proxy-server", $"--host-resolver-rules=MAP {OtherHost} 127.0.0.1"],
        });
    }

    public async Task DisposeAsync()
    {
        await (_browser?.CloseAsync() ?? Task.CompletedTask);
        _playwright?.Dispose();
    }

    /// <summary>A new page with nothing remembered. Everything that the browser complains about is kept.</summary>
    internal async Task<DashboardPage> OpenAsync(Uri management, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
            TimezoneId = "UTC",
        });
        return await DashboardPage.OpenAsync(await context.NewPageAsync(), management);
    }

    /// <summary>A new page with nothing in it.</summary>
    internal async Task<IPage> NewPageAsync() => await (await _browser!.NewContextAsync()).NewPageAsync();

    private static string? Find() =>
        Environment.GetEnvironmentVariable("TOKENGATEWAY_TEST_CHROMIUM") is { Length: > 0 } configured
            ? File.Exists(configured) ? configured : null
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
                .FirstOrDefault(File.Exists);
}
