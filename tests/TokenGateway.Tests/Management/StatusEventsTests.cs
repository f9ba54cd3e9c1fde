using System.Net.ServerSentEvents;
using System.Text.Json;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Management;

public sealed class StatusEventsTests
{
    [Fact]
    public async Task Stream_tells_the_clock_every_credential_and_then_what_changes()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum", "apple");
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);
        await using var events = ReadAsync(gateway).GetAsyncEnumerator();

        Assert.True(DateTimeOffset.TryParse((await NextAsync(events, "clock")).Data, out _));
        Assert.Equal("""["apple","plum"]""", (await NextAsync(events, "credentials")).Data);
        Assert.Equal(["apple", "plum"], [Name(await NextAsync(events, "credential")), Name(await NextAsync(events, "credential"))]);
        engine.Set(ScriptedTokens.Healthy("plum") with { State = CredentialState.InDoubt });
        var changed = await NextAsync(events, "credential");

        Assert.Equal(("plum", "in_doubt"), (Name(changed), JsonDocument.Parse(changed.Data).RootElement.GetProperty("state").GetString()));
        Assert.DoesNotContain("access_token_of_plum", changed.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_store_learns_a_moment_after_the_status_has_changed_is_told_too()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);
        await using var events = ReadAsync(gateway).GetAsyncEnumerator();
        await NextAsync(events, "clock");
        await NextAsync(events, "credentials");
        Assert.Equal("replica-2", OwnerOf(await NextAsync(events, "credential")));

        engine.Lease = null; // The status stays as it was.

        Assert.Null(OwnerOf(await NextAsync(events, "credential")));
    }

    [Fact]
    public async Task Open_stream_does_not_hold_up_the_shutdown()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        await using var events = ReadAsync(gateway).GetAsyncEnumerator();
        await NextAsync(events, "clock");
        var began = TimeProvider.System.GetTimestamp();

        await gateway.Host.DrainAsync();

        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(1.5));
    }

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(RunningGateway gateway)
    {
        using var answer = await gateway.Management.GetAsync("api/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            yield return item;
        }
    }

    private static async Task<SseItem<string>> NextAsync(IAsyncEnumerator<SseItem<string>> events, string kind)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System));
        Assert.Equal(kind, events.Current.EventType);
        return events.Current;
    }

    private static string? OwnerOf(SseItem<string> item) =>
        JsonDocument.Parse(item.Data).RootElement.GetProperty("lease") is { ValueKind: JsonValueKind.Object } lease ? lease.GetProperty("owner").GetString() : null;

    private static string Name(SseItem<string> item) => JsonDocument.Parse(item.Data).RootElement.GetProperty("name").GetString()!;
}
