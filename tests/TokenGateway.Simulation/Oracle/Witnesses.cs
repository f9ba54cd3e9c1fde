using System.Globalization;
using TokenGateway.Simulation.Scheduling;

namespace TokenGateway.Simulation.Oracle;

/// <summary>Who held an answer, and whether they could have told the others in time.</summary>
internal sealed class Witnesses
{
    /// <summary>Several answers within a moment are one meeting: whoever dies or stands still in it has had one chance.</summary>
    private static readonly long Apart = TimeSpan.FromSeconds(1).Ticks;

    private readonly Dictionary<string, List<long>> _storeAnswers = new(StringComparer.Ordinal);

    /// <summary>The store answered a process: it was there, and so was the network.</summary>
    public void StoreAnswered(Process process, long at)
    {
        var replica = ReplicaOf(process);
        if (!_storeAnswers.TryGetValue(replica, out var answers))
        {
            _storeAnswers[replica] = answers = [];
        }

        if (answers.Count > 0 && at - answers[^1] < Apart)
        {
            return;
        }

        answers.Add(at);
        if (answers.Count > 200)
        {
            answers.RemoveRange(0, 100);
        }
    }

    /// <summary>The store has forgotten what it was told: whoever told it must do so again.</summary>
    public void StoreForgot() => _storeAnswers.Clear();

    /// <summary>True when the owner, and whoever came after it on its disk, met the store at most once between reading it and <paramref name="until"/>.</summary>
    public bool WereAway(Presentation first, long until) => MeetingsOf(first, until) < 2;

    /// <summary>A process is named after its replica and its boot: <c>r1.4</c>.</summary>
    public static string ReplicaOf(Process process) => process.Name[..process.Name.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>How often a process has met the store since a moment. What an earlier one learnt on this disk may never have been flushed.</summary>
    public int MeetingsSince(Process process, long since) =>
        _storeAnswers.GetValueOrDefault(ReplicaOf(process))?.Count(at => at > Math.Max(since, process.StartedAt)) ?? 0;

    public string Describe(Presentation first) => string.Create(
        CultureInfo.InvariantCulture,
        $", owner {first.By.State}, journaled {first.IsJournaled}, used {first.IsUsed}, met the store {MeetingsOf(first, long.MaxValue)} times since");

    private int MeetingsOf(Presentation first, long until) =>
        first.AnsweredAt == 0 ? 0 : _storeAnswers.GetValueOrDefault(ReplicaOf(first.By))?.Count(at => at > first.AnsweredAt && at < until) ?? 0;
}
