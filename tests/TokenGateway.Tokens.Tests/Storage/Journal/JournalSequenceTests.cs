using CsCheck;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Journal;
using TokenGateway.Tokens.Tests.Properties;
using Xunit.Abstractions;
using static TokenGateway.Tokens.Tests.Storage.Journal.JournalSamples;
using Log = TokenGateway.Tokens.Storage.Journal.Journal;

namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>Random lives of a journal, beside a model of what must be in it.</summary>
public sealed class JournalSequenceTests(ITestOutputHelper output)
{
    private static readonly string[] Credentials = ["plum", "pear", "fig"];

    private static readonly Gen<(Act Act, int Credential, int Size)[]> Lives = Gen.Select(
        Gen.Frequency((6, Gen.Const(Act.Keep)), (4, Gen.Const(Act.Settle)), (2, Gen.Const(Act.KillProcess)), (1, Gen.Const(Act.CrashMachine)), (1, Gen.Const(Act.FailOnce))),
        Gen.Int[0, Credentials.Length - 1],
        Gen.Int[0, 2000]).Array[1, 40];

    private readonly Property _property = new(output);

    private enum Act
    {
        Keep,
        Settle,
        KillProcess,
        CrashMachine,
        FailOnce,
    }

    [Fact]
    public Task Journal_holds_what_its_model_holds() => _property.HoldsAsync(Lives, async acts =>
    {
        var life = new Life();
        await life.StartAsync();
        for (var i = 0; i < acts.Length; i++)
        {
            await life.ActAsync(acts[i].Act, Credentials[acts[i].Credential], i + 1, acts[i].Size);
            life.Check();
        }
    });

    private sealed class Life
    {
        private readonly MemoryDisk _disk = new();
        private readonly HashSet<string> _everKept = new(StringComparer.Ordinal);
        private Dictionary<string, (List<JournaledAnswer> Answers, List<StoredRecord> Records)> _model =
            Credentials.ToDictionary(name => name, _ => (new List<JournaledAnswer>(), new List<StoredRecord>()), StringComparer.Ordinal);

        private Log? _journal;

        public async Task StartAsync() => _journal = await OpenAsync(_disk);

        public async Task ActAsync(Act act, string credential, int number, int size)
        {
            switch (act)
            {
                case Act.Keep:
                    await KeepAsync(Answer(number, credential, size));
                    break;
                case Act.Settle:
                    _everKept.Add(Text(Record(number, size)));
                    _model[credential] = ([], [Record(number, size)]);
                    await _journal!.SettleAsync(credential, Record(number, size));
                    break;
                case Act.KillProcess:
                    _disk.KillProcess();
                    await StartAsync();
                    break;
                case Act.CrashMachine:
                    _disk.CrashMachine();
                    await StartAsync();
                    Adopt();
                    break;
                case Act.FailOnce:
                    await FailAsync(Answer(number, credential, size));
                    break;
            }
        }

        public void Check()
        {
            foreach (var (credential, (answers, records)) in _model)
            {
                Assert.Equal(Text(new JournalFindings(answers, records)), Text(_journal!.Find(credential)));
            }
        }

        private async Task KeepAsync(JournaledAnswer answer)
        {
            _everKept.Add(Text(answer));
            _model[answer.Credential].Answers.Add(answer);
            await _journal!.KeepAsync(answer);
        }

        /// <summary>The disk dies in the middle of keeping, and is back for whatever comes next.</summary>
        private async Task FailAsync(JournaledAnswer answer)
        {
            _everKept.Add(Text(answer));
            using var reservation = await _journal!.ReserveAsync(answer.Answer.Body.Length + answer.InFlight.Document.Length);
            _disk.StepsToLive = answer.Answer.Body.Length % 3;
            var failed = await Xunit.Record.ExceptionAsync(() => reservation.KeepAsync(answer)) is IOException;
            _disk.StepsToLive = int.MaxValue;
            _model[answer.Credential].Answers.Add(answer);
            if (failed)
            {
                // What was refused is in memory, and on disk with whatever is kept next.
                using var next = await _journal.ReserveAsync(1);
            }
        }

        /// <summary>What was settled last may be forgotten by a crash of the machine; what was kept may not, and nothing else may come up.</summary>
        private void Adopt()
        {
            var found = Credentials.ToDictionary(name => name, name => _journal!.Find(name), StringComparer.Ordinal);
            foreach (var (credential, findings) in found)
            {
                Assert.Subset(findings.Answers.Select(Text).ToHashSet(), _model[credential].Answers.Select(Text).ToHashSet());
                Assert.Subset(_everKept, findings.Answers.Select(Text).Concat(findings.Records.Select(Text)).ToHashSet());
            }

            _model = found.ToDictionary(pair => pair.Key, pair => (pair.Value.Answers.ToList(), pair.Value.Records.ToList()), StringComparer.Ordinal);
        }
    }
}
