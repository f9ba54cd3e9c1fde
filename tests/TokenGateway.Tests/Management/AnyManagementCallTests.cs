using System.Net;
using System.Text;
using CsCheck;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens.Tests.Properties;
using Xunit.Abstractions;

namespace TokenGateway.Tests.Management;

/// <summary>Whatever is asked of the management API: an answer in time that is no crash, no secret in it, and nothing done for somebody who may not.</summary>
public sealed class AnyManagementCallTests(ITestOutputHelper output)
{
    private const int CallsAtOnce = 100;
    private const string Mark = "c4n4ry";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly Gen<string> Path = Gen.Frequency(
        (6, Gen.OneOf(
            "/", "/livez", "/readyz?verbose", "/startupz", "/healthz", "/metrics", "/api/credentials", "/api/credentials/plum", "/api/credentials/plum/rotate", "/api/credentials/plum/rotate?force=true",
            "/api/credentials/plum/validate", "/api/credentials/plum/refresh-token", "/api/credentials/%00/rotate", "/api/credentials/pear/rotate", "/api//credentials", "/API/Credentials/PLUM/rotate")),
        (3, Gen.OneOf("api", "credentials", "plum", "rotate", "refresh-token", "..", ".", "%2e%2e", "%2f", "%", "%zz", "%00", "\u00e9", " ", ";a=b", "?force=true", "#x", "dashboard.css").Array[0, 8].Select(parts => "/" + string.Join('/', parts))),
        (1, Gen.Char[' ', '~'].Array[0, 60].Select(characters => "/" + new string(characters))));

    private static readonly Gen<string> Body = Gen.Frequency(
        (2, Gen.OneOf("", "null", "{}", "[]", "{\"refreshToken\":null}", "{\"refreshToken\":1}", "{\"refreshToken\":\"\"}", $"{{\"refreshToken\":\"{Mark}\"}}", $"{{\"refreshToken\":\"{Mark}\\r\\n\"}}")),
        (2, Gen.OneOf("{", "}", "[", "]", ":", ",", "\"", "\\", "\"refreshToken\"", $"\"{Mark}\"", "null", "1e999", "\\ud800", "\0").Array[0, 20].Select(string.Concat)),
        (1, Gen.String[0, 300]),
        (1, Gen.Int[0, 70_000].Select(length => $"{{\"refreshToken\":\"{new string('x', length)}\"}}")));

    private static readonly Gen<(string Name, string Value)> Header = Gen.OneOf(
        Gen.Select(Gen.OneOf("Host"), Gen.OneOf("localhost", "127.0.0.1", "evil.example", "[::1]", "localhost.evil.example", "")),
        Gen.Select(Gen.OneOf("Authorization"), Gen.OneOf("Bearer key_1", "Bearer", "Bearer  key_1 ", "bearer KEY_1", $"Bearer {Mark}", "Basic a2V5XzE=", "")),
        Gen.Select(Gen.OneOf("Origin"), Gen.OneOf("http://evil.example", "null", "http://localhost", "::")),
        Gen.Select(Gen.OneOf("Sec-Fetch-Site"), Gen.OneOf("cross-site", "same-origin", "none", "same-site", "")),
        Gen.Select(Gen.OneOf("Content-Type", "Accept", "If-None-Match", "Range", "Expect", "Transfer-Encoding", "Content-Encoding", "X-HTTP-Method-Override"), Gen.OneOf("application/json", "*", "\"x\"", "bytes=0-", "text/plain; charset=nonsense", "gzip", "DELETE")));

    private static readonly Gen<Call> Calls = Gen.Select(
        Gen.OneOf("GET", "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "get", "PROPFIND"), Path, Body, Header.Array[0, 4], (method, path, body, headers) => new Call(method, path, body, headers));

    private readonly Property _property = new(output);

    [Fact]
    public async Task Any_call_has_an_answer_that_is_no_crash_and_tells_and_does_nothing_for_strangers()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum") { NextReseed = new(Tokens.ReseedOutcome.Accepted, null) };
        await using var gateway = await RunningGateway.StartAsync(upstream, engine, ("Management:ApiKey", "key_1"));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 16 });
        await _property.HoldsAsync(
            Calls.Array[CallsAtOnce],
            calls => Task.WhenAll(calls.Select(call => AnswerAsync(client, gateway.Management.BaseAddress!, call))),
            calls => string.Join('\n', calls.Select(call => call.ToString())));
    }

    private static async Task AnswerAsync(HttpClient client, Uri server, Call call)
    {
        using var request = call.ToRequest(server);
        if (request is null)
        {
            return;
        }

        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            Judge(call, answer, answer.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await answer.Content.ReadAsStringAsync(limit.Token));
        }
        catch (HttpRequestException error) when (error.HttpRequestError is not HttpRequestError.ConnectionError)
        {
            // A request that HttpClient itself, or the server in the middle of it, cuts off.
        }
    }

    private static void Judge(Call call, HttpResponseMessage answer, string body)
    {
        Assert.True((int)answer.StatusCode is < 500 or 503 or 505, $"{answer.StatusCode} to {call}: {body}");
        Assert.DoesNotContain(Mark, body, StringComparison.Ordinal);
        Assert.DoesNotContain("key_1", body, StringComparison.Ordinal);
        Assert.DoesNotContain("access_token_of_plum", body, StringComparison.Ordinal);
        if (call.IsStrange && body.Contains("0a1b2c3d", StringComparison.Ordinal))
        {
            Assert.Fail($"A stranger was told: {call}");
        }

        if (call.IsCrossOrigin && call.Method is not ("GET" or "HEAD" or "get") && call.Path.StartsWith("/api", StringComparison.OrdinalIgnoreCase))
        {
            Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private sealed record Call(string Method, string Path, string Body, (string Name, string Value)[] Headers)
    {
        private string? Value(string name) => Headers.Where(header => header.Name == name).Select(header => header.Value).FirstOrDefault();

        /// <summary>Under a name that is not this machine's, and without the key.</summary>
        public bool IsStrange => Value("Host") is "evil.example" or "localhost.evil.example"
            && !Headers.Any(header => header.Name == "Authorization" && header.Value.Contains("key_1", StringComparison.OrdinalIgnoreCase));

        public bool IsCrossOrigin => Value("Sec-Fetch-Site") is "cross-site" or "same-site";

        public HttpRequestMessage? ToRequest(Uri server)
        {
            if (!Uri.TryCreate(server.ToString().TrimEnd('/') + Path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var address) || address.Authority != server.Authority)
            {
                return null;
            }

            var request = new HttpRequestMessage(new HttpMethod(Method), address) { Content = Method is "GET" or "HEAD" or "get" or "TRACE" ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(Body)) };
            foreach (var (name, value) in Headers)
            {
                _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content?.Headers.TryAddWithoutValidation(name, value) == true;
            }

            return request;
        }
    }
}
