using System.Globalization;
using System.Net;
using StackExchange.Redis;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Redis;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>What is asked of which server, and which answer counts.</summary>
public sealed class RedisConfirmationTests
{
    private static readonly IPEndPoint Server = IPEndPoint.Parse("127.0.0.1:6379");

    [Theory]
    [InlineData("7.0.15", "1", "always", 0, null)]
    [InlineData("7.0.15", "1", "always", 2, "WAIT 2 100")]
    [InlineData("7.2.4", "1", "always", 0, "WAITAOF 1 0 100")]
    [InlineData("8.0.0", "1", "everysec", 2, "WAITAOF 1 2 100")]
    [InlineData("7.2.4", "0", "always", 2, "WAIT 2 100")]
    [InlineData("7.2.4", "1", "no", 2, "WAIT 2 100")]
    [InlineData("7.2.4", "1", "no", 0, null)]
    public void A_server_is_asked_about_its_disk_where_it_can_be(string version, string appendOnly, string appendFsync, int replicas, string? expected)
    {
        var info = RedisServerInfo.Parse($"redis_version:{version}\naof_enabled:{appendOnly}\nmaxmemory_policy:noeviction");
        var examined = new RedisExamination.Result(info, appendFsync, RedisDurability.Of("redis", info, appendFsync, allowVolatile: true));

        var confirmation = RedisConfirmation.For(examined, replicas);

        Assert.Equal(expected, confirmation.IsNeeded ? $"{confirmation.Command} {string.Join(' ', confirmation.Arguments(TimeSpan.FromMilliseconds(100)))}" : null);
    }

    [Theory]
    [InlineData(false, 2, "2", null)]
    [InlineData(false, 2, "1", "only 1 of 2 replicas confirmed")]
    [InlineData(true, 1, "1 1", null)]
    [InlineData(true, 1, "1 0", "only 0 of 1 replicas confirmed")]
    [InlineData(true, 1, "0 1", "did not get a write onto its disk")]
    public void An_answer_counts_only_if_disk_and_replicas_have_the_write(bool onDisk, int replicas, string answer, string? expected)
    {
        var numbers = Array.ConvertAll(answer.Split(' '), number => RedisResult.Create(int.Parse(number, CultureInfo.InvariantCulture), ResultType.Integer));
        var result = onDisk ? RedisResult.Create(numbers) : numbers[0];

        var exception = Record.Exception(() => new RedisConfirmation(onDisk, replicas).Check(result, Server, TimeSpan.FromSeconds(2)));

        Assert.Equal(expected is null, exception is null);
        Assert.Contains(expected ?? "", exception?.Message ?? "", StringComparison.Ordinal);
        Assert.True(exception is null or StoreUnavailableException);
    }
}
