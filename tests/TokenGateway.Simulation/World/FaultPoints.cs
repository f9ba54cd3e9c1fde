using TokenGateway.Simulation.Provider;

namespace TokenGateway.Simulation.World;

/// <summary>Every place and way in which something can go wrong, so that a run can tell which of them it has not met.</summary>
internal static class FaultPoints
{
    public static readonly IReadOnlyList<string> StoreCalls = ["read", "acquire", "renew", "release", "adopt", "intent", "commit", "amend", "history"];

    private static readonly string[] DiskCalls = ["open", "list", "create", "take over", "read", "write", "flush", "delete"];

    private static readonly string[] Exchange = ["connecting", "body written", "request sent", "request processed", "answer arrives", "answer read", "validating"];

    private static readonly string[] StoreFates = ["lost", "executed, answer lost", "executed late", "slow"];

    private static readonly string[] World =
    [
        "crash anywhere", "pause anywhere", "crash at rest", "machine suspended", "wall clock set",
        "redeployment", "restart with an old seed", "reseed while all is well", "rotation asked for",
        "replica cut off from the store", "store away", "failover", "failover that lost something", "store's replica cut off", "WAIT not satisfied",
        "store forgot everything", "store went back to a backup", "all processes end and the store forgets", "announcement lost", "announcement late",
        "replica cut off from the provider", "provider away", "validate call fails",
        "disk full", "disk fails", "volume lost", "journal write refused", "journal flush refused", "journal create refused",
    ];

    /// <summary>The names of all of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. from spot in Spots()
           from what in new[] { "crash", "pause" }
           select $"{what} at {spot}",
        .. from call in StoreCalls
           from fate in StoreFates
           select $"store {call} {fate}",
        .. from fate in Enum.GetValues<TokenCallFate>()
           where fate != TokenCallFate.Good
           select "token call " + fate,
        .. World,
    ];

    /// <summary>How much more often than others a spot or a call is struck: the rare ones more, so that each has its turn.</summary>
    public static double WeightOf(string spot) =>
        spot.EndsWith("renew", StringComparison.Ordinal) ? 20
        : spot.EndsWith("adopt", StringComparison.Ordinal) ? 5
        : spot.EndsWith("amend", StringComparison.Ordinal) ? 2
        : spot.Contains("journal", StringComparison.Ordinal) ? 0.7
        : spot.EndsWith("read", StringComparison.Ordinal) && spot != "answer read" ? 0.3
        : 1;

    private static IEnumerable<string> Spots() =>
    [
        .. from call in StoreCalls
           from when in new[] { "before", "executed", "answered" }
           select $"{when} {call}",
        .. from call in DiskCalls
           from when in new[] { "before", "after" }
           select $"{when} journal {call}",
        .. Exchange,
    ];
}
