using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Security;

/// <summary>
/// Requests that were damaged in every way, on raw connections: the gateway neither ends nor hangs, and the upstream sees nothing but whole requests for its route with the gateway's token. A case is
/// a seed and a number, which a failure names; <c>TOKENGATEWAY_HTTP_FUZZ_CASES</c> and <c>TOKENGATEWAY_HTTP_FUZZ_SEED</c> ask for more and for others.
/// </summary>
public sealed class HttpFuzzTests
{
    private const int AtOnce = 32;

    /// <summary>How long a request that is not whole is waited for before its sender gives up.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    private static readonly int Cases = Setting("CASES", 5_000);
    private static readonly int Seed = Setting("SEED", 1);

    [Fact]
    public async Task No_damaged_request_ends_the_gateway_hangs_it_or_passes_without_the_token()
    {
        var faults = new ConcurrentQueue<string>();
        var forwarded = 0;
        await using var upstream = new RawUpstream(request =>
        {
            Interlocked.Increment(ref forwarded);
            if (FaultOf(request) is { } fault)
            {
                faults.Enqueue($"{fault}: {request.Method} {request.Target} {string.Join(" | ", request.Headers)}");
            }
        });
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.Routes(upstream.Url, "plum"), new ScriptedTokens("plum"));
        var proxy = gateway.Proxy.BaseAddress!;

        await Parallel.ForAsync(0, Cases, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            if (await SendAsync(proxy, DamagedRequest.Make(Seed, number)) is { } fault)
            {
                faults.Enqueue($"seed {Seed}, case {number}: {fault}");
            }
        });

        Assert.Empty(faults.Take(10));
        Assert.Empty(upstream.Malformed.Take(10));
        Assert.InRange(forwarded, Cases / 20, Cases * 4); // Most of them must get far enough to matter.
        Assert.Equal(200, (await RawClient.AskAsync(proxy, "GET /plum/a HTTP/1.1\r\nHost: localhost\r\n\r\n")).Status);
    }

    private static string? FaultOf(RawRequest request) =>
        !request.Values("Authorization").SequenceEqual(["Bearer access_token_of_plum"]) ? "without the token, or with more"
        : !request.Target.StartsWith("/plum", StringComparison.OrdinalIgnoreCase) || request.Target.Split('?')[0].Split('/', '\\').Contains("..") ? "outside its route"
        : request.Method is "CONNECT" or "TRACE" or "TRACK" ? "a method that shows the token"
        : request.Headers.FirstOrDefault(header => header.Key.ToUpperInvariant() is "PROXY-AUTHORIZATION" or "PROXY_AUTHORIZATION" or "TOKENGATEWAY-KEY" or "KEEP-ALIVE") is { Key: { } name }
            ? $"with {name}"
            : null;

    /// <returns>What is wrong; null where the gateway ended the connection, with or without an answer.</returns>
    private static async Task<string?> SendAsync(Uri proxy, byte[] request)
    {
        using var client = await RawClient.ConnectAsync(proxy);
        try
        {
            await client.SendAsync(request);
            var received = await client.ReadToEndAsync(Silence, Hang);
            return received.Contains("access_token", StringComparison.Ordinal) ? "the token is in the answer"
                : received.Length > 0 && !received.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && !received.StartsWith('\0') ? $"the answer is no HTTP: {received[..Math.Min(40, received.Length)]}"
                : null;
        }
        catch (OperationCanceledException)
        {
            return "the connection is neither answered nor closed";
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return null; // Closed while it was being written to.
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable($"TOKENGATEWAY_HTTP_FUZZ_{name}"), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
