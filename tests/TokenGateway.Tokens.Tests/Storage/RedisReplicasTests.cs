using Microsoft.Extensions.Time.Testing;
using TokenGateway.Tokens.Storage.Redis;

namespace TokenGateway.Tokens.Tests.Storage;

public sealed class RedisReplicasTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Under_Sentinel_a_replica_that_went_a_moment_ago_still_counts_since_it_may_have_been_promoted()
    {
        var replicas = new RedisReplicas(null, underSentinel: true, _time);
        Assert.Equal(2, Required(replicas, online: 2));

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(2, Required(replicas, online: 1));

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, Required(replicas, online: 1));
        Assert.Equal(1, Required(replicas, online: 0));
    }

    [Fact]
    public void A_number_that_is_set_is_what_counts() => Assert.Equal(3, Required(new RedisReplicas(3, underSentinel: true, _time), online: 1));

    private static int Required(RedisReplicas replicas, int online) =>
        replicas.Required(null!, RedisServerInfo.Parse($"connected_slaves:{online}\n" + string.Concat(Enumerable.Range(0, online).Select(index => $"slave{index}:ip=10.0.0.1,port=6379,state=online\n"))));
}
