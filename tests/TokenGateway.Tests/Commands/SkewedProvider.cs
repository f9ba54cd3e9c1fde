using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace TokenGateway.Tests.Commands;

/// <summary>A server whose clock is wrong.</summary>
internal sealed class SkewedProvider : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SkewedProvider(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public static async Task<SkewedProvider> StartAsync(TimeSpan ahead)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.Headers.Date = (TimeProvider.System.GetUtcNow() + ahead).ToString("r");
            context.Response.StatusCode = 405;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return new SkewedProvider(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
