using CsCheck;
using static TokenGateway.Tokens.Tests.Properties.Stores.StoreCommand;

namespace TokenGateway.Tokens.Tests.Properties.Stores;

/// <summary>Random sequences of commands, in which every command meets what the others did.</summary>
internal static class StoreSequence
{
    private static readonly Gen<int> Lease = Gen.Int[0, 2];

    /// <summary>Long enough that no lease ends by itself while a sequence runs in real time.</summary>
    private static readonly Gen<TimeSpan> Duration = Gen.Int[600, 6_000].Select(seconds => TimeSpan.FromSeconds(seconds));

    private static readonly Gen<byte[]> Bytes = Gen.Byte.Array[0, 40];

    private static readonly Gen<WriteCommand> Writes = Gen.Select(
        Gen.Frequency((5, Gen.Const(0)), (1, Gen.Const(1)), (1, Gen.Const(2))),
        Gen.Nullable(Lease), Gen.Frequency((5, Gen.Const(0)), (1, Gen.Int[-1, 1])), Bytes, Gen.Bool,
        Gen.Frequency((3, Gen.Const(0L)), (1, Gen.Long[0, 60]), (1, Gen.Const(1L << 40))),
        (revision, guard, fenceOff, document, announce, minimum) => new WriteCommand((Expectation)revision, guard, fenceOff, document, announce, minimum));

    private static readonly Gen<StoreCommand> Command = Gen.Frequency<StoreCommand>(
        (2, Gen.Const(new ReadCommand())),
        (4, Gen.Select(Lease, Duration, (lease, duration) => new AcquireCommand(lease, duration))),
        (2, Gen.Select(Lease, Duration, (lease, duration) => new RenewCommand(lease, duration))),
        (2, Lease.Select(lease => new ReleaseCommand(lease))),
        (1, Lease.Select(lease => new LapseCommand(lease))),
        (6, Writes),
        (1, Gen.Select(Bytes, Gen.Frequency((6, Gen.Const(1)), (1, Gen.Int[20, 60])), (entry, times) => new AppendCommand(entry, times))));

    /// <summary>Sequences by three instances on two credentials.</summary>
    public static readonly Gen<List<Step>> Any =
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1], Command, (instance, credential, command) => new Step(instance, credential, command)).List[1, 40];
}

/// <summary>Which instance does what to which credential.</summary>
internal sealed record Step(int Instance, int Credential, StoreCommand Command);
