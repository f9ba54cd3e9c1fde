using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TokenGateway.Simulator;

namespace TokenGateway.Tests.Simulator;

/// <summary>The calls that a client makes, with a plain HttpClient that follows no redirect and keeps no connection.</summary>
internal static class SimulatorCalls
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        MaxConnectionsPerServer = 200,
    })
    {
        Timeout = TimeSpan.FromSeconds(20),
    };

    public static Task<Reply> RotateAsync(this SimulatorHost host, string refreshToken) => host.RotateAsync(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["grant_type"] = "refresh_token",
        ["refresh_token"] = refreshToken,
        ["client_id"] = host.Options.ClientId,
        ["client_secret"] = host.Options.ClientSecret,
    });

    public static Task<Reply> RotateAsync(this SimulatorHost host, Dictionary<string, string> parameters) =>
        host.RotateAsync(new StringContent(JsonSerializer.Serialize(parameters), Encoding.UTF8, "application/json"));

    public static Task<Reply> RotateAsync(this SimulatorHost host, HttpContent content, string? authorization = null, string type = "user")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{host.BaseUrl}/v1/oauth/token/{type}") { Content = content };
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return SendAsync(request);
    }

    public static Task<Reply> ValidateAsync(this SimulatorHost host, string? accessToken) => GetAsync($"{host.BaseUrl}/v1/oauth/token", accessToken);

    public static Task<Reply> CallUpstreamAsync(this SimulatorHost host, string? accessToken, string path = "hello") =>
        GetAsync($"{host.UpstreamUrl}/api/{path}", accessToken);

    public static Task<Reply> StateAsync(this SimulatorHost host) => GetAsync($"{host.BaseUrl}/simulator/state", null);

    public static Task<Reply> ControlAsync(this SimulatorHost host, string name, string json = "", string? at = null) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, $"{at ?? host.BaseUrl}/simulator/{name}") { Content = new StringContent(json) });

    public static Task<Reply> GetAsync(string url, string? accessToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = accessToken is null ? null : new AuthenticationHeaderValue("Bearer", accessToken);
        return SendAsync(request);
    }

    public static async Task<Reply> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await Http.SendAsync(request);
            return new Reply(response.StatusCode, response.Headers, await response.Content.ReadAsStringAsync());
        }
    }

    /// <summary>What arrives of an answer's body before its connection breaks.</summary>
    public static async Task<string> ReadUntilBrokenAsync(string url, string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var received = new MemoryStream();
        await using var body = await response.Content.ReadAsStreamAsync();
        await Assert.ThrowsAsync<HttpIOException>(() => body.CopyToAsync(received));
        return Encoding.UTF8.GetString(received.ToArray());
    }
}

/// <summary>An answer, read.</summary>
internal sealed record Reply(HttpStatusCode Status, HttpResponseHeaders Headers, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? AccessToken => Text("access_token");

    public string? RefreshToken => Text("refresh_token");

    public string? Error => Text("error");

    /// <summary>The names of the answer's members, in order.</summary>
    public string Names => string.Join(' ', Json.EnumerateObject().Select(member => member.Name));

    public bool Has(string name) => Json.TryGetProperty(name, out _);

    public string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.GetString() : null;

    public long Number(string name) => Json.GetProperty(name).GetInt64();
}
