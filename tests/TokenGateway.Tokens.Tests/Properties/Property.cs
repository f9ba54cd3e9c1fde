using System.Globalization;
using System.Text;
using CsCheck;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>
/// How many random cases a property is given, and from which seed. Without further word they are few and always the same, so that a red run is
/// red again; with TOKENGATEWAY_PROPERTY_CASES they are that many and new each time. TOKENGATEWAY_PROPERTY_SEED begins with the case that a failure named.
/// </summary>
internal sealed class Property(ITestOutputHelper output)
{
    private const string CasesVariable = "TOKENGATEWAY_PROPERTY_CASES";
    private const string SeedVariable = "TOKENGATEWAY_PROPERTY_SEED";

    /// <summary>A sequence of commands against a real store takes as long as this many pure cases, and counts as them.</summary>
    private const int CasesPerSequence = 100;

    /// <summary>The cases in CI: all properties together take a few seconds.</summary>
    private const int UsualCases = 2_000;

    private const uint Stream = 3;
    private const ulong UsualSeed = 20260101;

    private static readonly int? Asked =
        Environment.GetEnvironmentVariable(CasesVariable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static readonly string? AskedSeed =
        Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } text ? text : null;

    /// <summary>Lets <paramref name="assert"/> judge every case; the first that it throws on is made smaller and named with its seed.</summary>
    public void Holds<T>(Gen<T> cases, Action<T> assert, Func<T, string>? print = null)
    {
        var count = Asked ?? UsualCases;
        var random = Start(count);
        for (var i = 0; i < count; i++)
        {
            var state = random.State;
            var value = cases.Generate(random, null, out _);
            try
            {
                assert(value);
            }
            catch (Exception)
            {
                output.WriteLine($"Case {i} failed: {SeedVariable}={random.ToString(state)} begins with it.");
                cases.Sample(assert, seed: random.ToString(state), iter: UsualCases, threads: 1, print: print);
                throw;
            }
        }
    }

    /// <summary>The same for sequences of commands, one after the other against a store that keeps what it was told.</summary>
    public async Task HoldsAsync<T>(Gen<T> cases, Func<T, Task> assert, Func<T, string>? print = null)
    {
        var count = Math.Max(1, (Asked ?? UsualCases) / CasesPerSequence);
        var random = Start(count);
        for (var i = 0; i < count; i++)
        {
            var state = random.State;
            var value = cases.Generate(random, null, out _);
            try
            {
                await assert(value);
            }
            catch (Exception)
            {
                output.WriteLine($"Sequence {i} failed: {SeedVariable}={random.ToString(state)} begins with it.");
                await cases.SampleAsync(assert, seed: random.ToString(state), iter: UsualCases / CasesPerSequence, threads: 1, print: print);
                throw;
            }
        }
    }

    /// <summary>Text as it is, bytes as text with escapes: for the report of a failure.</summary>
    public static string Print(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var value in bytes)
        {
            text.Append(value is >= 0x20 and < 0x7f ? ((char)value).ToString() : $"\\x{value:x2}");
        }

        return text.ToString();
    }

    private PCG Start(int count)
    {
        var random = AskedSeed is not null ? PCG.Parse(AskedSeed)
            : Asked is null ? new PCG(Stream, UsualSeed)
            : new PCG(Stream, Convert.ToUInt64(RandomSource.System.NextId()[..16], 16));
        output.WriteLine($"{count} cases from seed {random}.");
        return random;
    }
}
