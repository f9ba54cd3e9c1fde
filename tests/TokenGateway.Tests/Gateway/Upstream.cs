using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace TokenGateway.Tests.Gateway;

/// <summary>A real server on loopback that remembers what it was sent.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Upstream(WebApplication app) => (_app, Respond) = (app, TellAsync);

    public ConcurrentQueue<IReadOnlyDictionary<string, string[]>> Requests { get; } = new();

    public string Url => _app.Urls.Single();

    /// <summary>Ends when a request has arrived.</summary>
    public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers wait for this.</summary>
    public Task Answers { get; set; } = Task.CompletedTask;

    /// <summary>How requests are answered; the default reads the body and tells method and path.</summary>
    public RequestDelegate Respond { get; set; }

    /// <summary>The bytes of all bodies that came whole.</summary>
    public long BodyBytes { get; private set; }

    /// <param name="protocols">HTTP/1.1 or HTTP/2, in clear text.</param>
    /// <param name="services">What an application on this server needs.</param>
    /// <param name="map">Its endpoints; everything else is answered by <see cref="Respond"/>.</param>
    public static async Task<Upstream> StartAsync(
        HttpProtocols protocols = HttpProtocols.Http1, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        services?.Invoke(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var app = builder.Build();
        var upstream = new Upstream(app);
        map?.Invoke(app);
        app.Map("{**rest}", upstream.AnswerAsync);
        await app.StartAsync();
        return upstream;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.Select(value => value!).ToArray(), StringComparer.OrdinalIgnoreCase));
        Arrived.TrySetResult();
        await Answers;
        await Respond(context);
    }

    private async Task TellAsync(HttpContext context)
    {
        if (context.Request.ContentLength > 0)
        {
            var body = new byte[64 * 1024];
            for (int read; (read = await context.Request.Body.ReadAsync(body)) > 0;)
            {
                BodyBytes += read;
            }
        }

        await context.Response.WriteAsync($"{context.Request.Method} {context.Request.Path}");
    }
}
