using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace TokenGateway.Tests.Cases;

/// <summary>The providers and APIs of all cases, as one server on loopback: each case has paths of its own.</summary>
internal sealed class CaseProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    private CaseProvider(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>What has arrived for one case.</summary>
    public Seen For(string id) => _seen.GetOrAdd(id, _ => new Seen());

    public static async Task<CaseProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var provider = new CaseProvider(app);
        app.MapPost("/token/{id}", (HttpContext context, string id) => provider.TokenAsync(context, id));
        app.Map("/elsewhere/{id}", (string id) => Interlocked.Increment(ref provider.For(id).Redirected));
        app.Map("/validate/{id}", (HttpContext context, string id) => ProviderCase.All[id].Validation!.WriteAsync(context.Response));
        app.Map("/api/{id}/{**rest}", (HttpContext context, string id) => provider.ApiAsync(context, id));
        await app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TokenAsync(HttpContext context, string id)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var number = For(id).Add(RefreshToken(body));
        await ProviderCase.All[id].TokenResponse(number).WriteAsync(context.Response);
    }

    private Task ApiAsync(HttpContext context, string id)
    {
        For(id).ApiRequest = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return ProviderCase.All[id].Refusal(context.Request.Headers.Authorization.ToString()) is { } refusal
            ? refusal.WriteAsync(context.Response)
            : context.Response.WriteAsJsonAsync(new { ok = true });
    }

    private static string? RefreshToken(string body)
    {
        if (!body.StartsWith('{'))
        {
            return QueryHelpers.ParseQuery(body).TryGetValue("refresh_token", out var value) ? value.ToString() : null;
        }

        using var document = JsonDocument.Parse(body);
        return document.RootElement.TryGetProperty("refresh_token", out var token) ? token.GetString() : null;
    }

    /// <summary>What has arrived for one case.</summary>
    internal sealed class Seen
    {
        private readonly List<string?> _spent = [];

        /// <summary>How many requests came to where the token endpoint redirects.</summary>
        public int Redirected;

        /// <summary>The headers of the API's last request.</summary>
        public IReadOnlyDictionary<string, string> ApiRequest { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

        /// <summary>The refresh tokens that the POSTs carried, in their order.</summary>
        public IReadOnlyList<string?> Spent
        {
            get
            {
                lock (_spent)
                {
                    return [.. _spent];
                }
            }
        }

        /// <returns>The number of this POST, from 1 on.</returns>
        public int Add(string? refreshToken)
        {
            lock (_spent)
            {
                _spent.Add(refreshToken);
                return _spent.Count;
            }
        }
    }
}
