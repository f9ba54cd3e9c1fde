using System.Text;
using CsCheck;
using Microsoft.Extensions.Caching.Distributed;
using TokenGateway.Tokens.Storage.Redis;
using TokenGateway.Tokens.Validation;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>Whatever somebody writes to the store beside the records, which are sealed (<see cref="RecordCodecRulesTests"/>).</summary>
public sealed class AnyStoreContentTests(ITestOutputHelper output)
{
    private readonly Property _property = new(output);

    [Fact]
    public void Any_message_is_an_announcement_within_its_bounds_or_none() =>
        _property.Holds(Gen.Select(Gen.OneOf(Gen.Int[-2, 40], Gen.Int), Gen.OneOf(Gen.Int[-2, 40], Gen.Int), Gen.Byte.Array[0, 60]), sample =>
        {
            var (first, second, rest) = sample;
            byte[] message = [.. BigEndian(first), .. rest.Take(Math.Clamp(first, 0, 30)), .. BigEndian(second), .. rest];

            if (RedisAnnouncement.TryParse(message, out var credential, out var record))
            {
                Assert.True(Encoding.UTF8.GetByteCount(credential) <= 3 * message.Length && record.Document.Length < message.Length);
            }
        });

    [Fact]
    public Task Any_cached_verdict_is_a_verdict_or_none() =>
        _property.HoldsAsync(
            Gen.Frequency(
                (1, Gen.Byte.Array[0, 40]),
                (3, Gen.OneOf("0", "1", "2", "3", "-1", "", " ", "9223372036854775807", "253402300800000", "1767225600000", "x").Array[0, 5].Select(parts => Encoding.ASCII.GetBytes(string.Join(' ', parts))))).Array[100],
            async entries =>
            {
                foreach (var entry in entries)
                {
                    var verdicts = new VerdictCache(new OneEntry(entry));

                    var shared = await verdicts.GetAsync("plum", new Secret("access_token_1"), DateTimeOffset.MinValue, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, CancellationToken.None);

                    Assert.True(shared is null || Enum.IsDefined(shared.Verdict));
                }
            });

    private static byte[] BigEndian(int number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];

    /// <summary>A cache in which somebody has put the same under every key.</summary>
    private sealed class OneEntry(byte[] entry) : IDistributedCache
    {
        public byte[]? Get(string key) => entry;

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Task.FromResult<byte[]?>(entry);

        public void Refresh(string key) { }

        public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

        public void Remove(string key) { }

        public Task RemoveAsync(string key, CancellationToken token = default) => Task.CompletedTask;

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) { }

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) => Task.CompletedTask;
    }
}
