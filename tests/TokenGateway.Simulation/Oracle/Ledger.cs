using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.World;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Simulation.Oracle;

/// <summary>The provider's log, and what it says about those who sent tokens.</summary>
internal sealed class Ledger(Scheduler scheduler, WorldPlan plan, Totals totals, Verdicts verdicts, Witnesses witnesses)
{
    /// <summary>A first byte that leaves this long after the deadline's check was held up in between.</summary>
    private static readonly long HeldUp = TimeSpan.FromSeconds(1).Ticks;

    private readonly Dictionary<string, Presentation> _accepted = new(StringComparer.Ordinal);
    private readonly Dictionary<Process, Presentation> _lastOf = [];

    /// <summary>For each token the request that was sent last of those that were answered, with a new refresh token or without one.</summary>
    private readonly Dictionary<string, Presentation> _lastGranted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _families = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Presentation> _supersededBy = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lost = new(StringComparer.Ordinal);
    private readonly HashSet<Process> _declared = [];
    private int _presented;

    public long Rotations { get; private set; }

    public string FamilyOf(string token) => _families[token];

    public void Seeded(string family, string token)
    {
        _families[token] = family;
    }

    /// <summary>A process's intent is in the store, and as durable as the store can make it.</summary>
    public void Declared(Process process) => _declared.Add(process);

    /// <summary>A refresh token leaves a process: its deadline has just been looked at.</summary>
    public Presentation Begin(string token, Process by)
    {
        if (!_declared.Remove(by))
        {
            verdicts.Violate($"{by.Name} sends {token} without an intent in the store");
        }

        var presentation = new Presentation(++_presented, token, by) { CheckedAt = scheduler.Ticks };
        _lastOf[by] = presentation;
        return presentation;
    }

    /// <summary>The provider gave a new pair.</summary>
    public void Granted(Presentation presentation, string? successor, bool inGrace)
    {
        Rotations++;
        totals.Add(Count.Rotations);
        presentation.Successor = successor;
        if (inGrace)
        {
            verdicts.DoubleSpend(Cause.Grace, presentation.ToString());
        }

        presentation.WasOvertaken = _lastGranted.TryGetValue(presentation.Token, out var last) && presentation.SentAt < last.SentAt;
        _lastGranted[presentation.Token] = presentation.WasOvertaken ? last! : presentation;
        if (inGrace && _accepted.TryGetValue(presentation.Token, out var earlier))
        {
            _supersededBy[earlier.Successor!] = presentation;
        }

        if (successor is not null)
        {
            _accepted[presentation.Token] = presentation;
            _families[successor] = _families[presentation.Token];
        }
    }

    /// <summary>The provider saw a spent refresh token.</summary>
    /// <param name="presentation">The second one.</param>
    /// <param name="familyIsDead">Whether it revoked the family for it.</param>
    public void Reused(Presentation presentation, bool familyIsDead)
    {
        // A token that was never accepted is spent all the same where its parent was tried again in grace.
        var wasSuperseded = !_accepted.TryGetValue(presentation.Token, out var first);
        first ??= _supersededBy[presentation.Token];
        var cause = wasSuperseded ? CauseOfSuperseding(presentation, first) : CauseOf(first, presentation);
        var what = $"{presentation} after {first}, {TimeSpan.FromTicks(presentation.SentAt - first.SentAt)} later; its answer: {first.Answer}{witnesses.Describe(first)}";
        verdicts.DoubleSpend(cause, what);
        if (familyIsDead && cause != Cause.Spare && _lost.Add(_families[presentation.Token]))
        {
            verdicts.Lose(cause, what);
        }
    }

    /// <summary>A person must log in although the family is not revoked: the token that the fleet holds is dead, and its successor is nowhere.</summary>
    public void GivenUp(string token)
    {
        if (!_lost.Add(_families[token]))
        {
            return;
        }

        var cause = _accepted.TryGetValue(token, out var first) ? LossOf(first, scheduler.Ticks) : Cause.Other;
        verdicts.Lose(cause, $"nobody has the successor of {token}; {first?.ToString() ?? "it was never accepted"}{(first is null ? "" : witnesses.Describe(first))}");
    }

    /// <summary>What a process has read last is on its disk now.</summary>
    public void Flushed(Process process)
    {
        if (LastRead(process) is { IsUsed: false } last)
        {
            last.IsJournaled = true;
        }
    }

    /// <summary>Its disk did not take it.</summary>
    public void DiskRefused(Process process)
    {
        if (_lastOf.TryGetValue(process, out var last))
        {
            last.WasRefusedByDisk = true;
        }
    }

    /// <summary>A process begins to bring what it has read last into the store.</summary>
    public void Used(Process process)
    {
        if (LastRead(process) is { } last)
        {
            last.IsUsed = true;
        }
    }

    /// <summary>A volume is gone, with all the answers on it.</summary>
    public void VolumeLost(string replica)
    {
        foreach (var presentation in _accepted.Values.Where(presentation => Witnesses.ReplicaOf(presentation.By) == replica))
        {
            presentation.IsVolumeLost = true;
        }
    }

    private Presentation? LastRead(Process process) =>
        _lastOf.TryGetValue(process, out var last) && last.Answer == AnswerFate.Read ? last : null;

    /// <summary>A retry in grace kills what was given before. Nobody can know where that retry left late, or where its own answer is nowhere.</summary>
    private Cause CauseOfSuperseding(Presentation presentation, Presentation retry) =>
        retry.SentAt - retry.CheckedAt > HeldUp ? Cause.W7
        : IsGivenUp(_families[presentation.Token]) ? Cause.Spare
        : retry.WasOvertaken ? Cause.W16
        : LossOf(retry, presentation.SentAt);

    /// <summary>True when the family is lost already, or another one has been in use since.</summary>
    private bool IsGivenUp(string family)
    {
        var latest = _accepted.Values.MaxBy(accepted => accepted.SentAt);
        return _lost.Contains(family) || (latest is not null && _families[latest.Token] != family);
    }

    private Cause CauseOf(Presentation first, Presentation second)
    {
        var wanted = plan.Policy != ReusePolicy.Rejected ? plan.EndpointTimeout + plan.Patience
            : first.Answer == AnswerFate.Lost ? TimeSpan.Zero // Its owner knows that nothing comes any more, and a reuse merely fails.
            : plan.EndpointTimeout;
        if (second.SentAt - second.CheckedAt > HeldUp)
        {
            return Cause.W7;
        }

        if (plan.Policy == ReusePolicy.Grace && second.SentAt - first.SentAt < plan.ReuseGrace.Ticks && _lost.Contains(_families[second.Token]))
        {
            // A retry that the provider allows, but for a family that had been revoked for something else before: nothing more is lost by it.
            return Cause.Grace;
        }

        if (first.WasOvertaken)
        {
            // A request that was sent later had been answered by then, without a new refresh token.
            return Cause.W16;
        }

        if (second.SentAt - first.SentAt >= wanted.Ticks)
        {
            return LossOf(first, second.SentAt);
        }

        return first.SentAt - first.CheckedAt > HeldUp ? Cause.W7 : Cause.Other;
    }

    /// <summary>Why nobody could go on with what <paramref name="first"/> had brought.</summary>
    private Cause LossOf(Presentation first, long at) => first.Answer switch
    {
        AnswerFate.Lost => Cause.W4,
        _ when first.By.State == ProcessState.Dead && !first.IsJournaled => first.IsUsed && !first.WasRefusedByDisk ? Cause.Other : Cause.W3,
        _ when first.By.State == ProcessState.Dead && first.IsVolumeLost => Cause.W15,
        _ => witnesses.WereAway(first, at) ? Cause.W15 : Cause.Other,
    };
}
