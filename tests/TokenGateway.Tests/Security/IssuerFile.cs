using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace TokenGateway.Tests.Security;

/// <summary>Where an authority's certificate can be fetched, as another certificate says (RFC 5280, 4.2.2.1).</summary>
internal sealed class IssuerFile : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private IssuerFile(WebApplication app) => _app = app;

    public byte[] Content { get; set; } = [];

    public int Requests => _requests;

    public string Url => $"{_app.Urls.Single()}/issuer.cer";

    public static async Task<IssuerFile> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        var file = new IssuerFile(app);
        app.Run(file.ServeAsync);
        await app.StartAsync();
        return file;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task ServeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        return context.Response.Body.WriteAsync(Content).AsTask();
    }
}
