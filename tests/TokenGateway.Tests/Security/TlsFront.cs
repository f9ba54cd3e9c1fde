using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace TokenGateway.Tests.Security;

/// <summary>TLS before a provider, with whatever certificate a test gives it.</summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _provider;
    private int _requests;

    private TlsFront(WebApplication app, string provider)
    {
        _app = app;
        _provider = new HttpClient { BaseAddress = new Uri(provider) };
    }

    public required X509Certificate2 Certificate { get; set; }

    /// <summary>How many requests came through TLS.</summary>
    public int Requests => _requests;

    public string Url => $"https://{TestAuthority.Host}:{new Uri(_app.Urls.Single()).Port}";

    public static async Task<TlsFront> StartAsync(X509Certificate2 certificate, string provider)
    {
        TlsFront? front = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(
            System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps((_, _, _, _) => front!.Offer(), state: null!)));
        var app = builder.Build();
        front = new TlsFront(app, provider) { Certificate = certificate };
        app.Run(front.PassAsync);
        await app.StartAsync();
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _provider.Dispose();
    }

    /// <summary>The certificate alone: a server of .NET fetches by itself what its chain lacks, unless it is offline.</summary>
    private ValueTask<SslServerAuthenticationOptions> Offer() =>
        new(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(Certificate, additionalCertificates: null, offline: true) });

    private async Task PassAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path.Value);
        if (HttpMethods.IsPost(context.Request.Method))
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(context.Request.ContentType!);
        }

        request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToArray());
        using var answer = await _provider.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
