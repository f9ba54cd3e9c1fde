using TokenGateway.Simulation.Scheduling;

namespace TokenGateway.Simulation.Oracle;

/// <summary>One refresh token that was sent, as the provider and the network saw it. Moments are virtual ticks.</summary>
internal sealed class Presentation(int number, string token, Process by)
{
    public int Number { get; } = number;

    public string Token { get; } = token;

    public Process By { get; } = by;

    /// <summary>When the engine looked at its deadline for the last time.</summary>
    public long CheckedAt { get; init; }

    /// <summary>When the first byte left.</summary>
    public long SentAt { get; set; }

    /// <summary>The refresh token that was given for it; null while none was.</summary>
    public string? Successor { get; set; }

    public AnswerFate Answer { get; set; }

    public long AnsweredAt { get; set; }

    /// <summary>True once the answer is on the owner's disk.</summary>
    public bool IsJournaled { get; set; }

    /// <summary>True once the owner has begun anything with the answer that others can see.</summary>
    public bool IsUsed { get; set; }

    /// <summary>True when the owner's disk refused it something since.</summary>
    public bool WasRefusedByDisk { get; set; }

    /// <summary>True when a request that was sent later reached the provider sooner.</summary>
    public bool WasOvertaken { get; set; }

    /// <summary>True once the disk that held the answer is gone.</summary>
    public bool IsVolumeLost { get; set; }

    public override string ToString() => $"presentation {Number} of {Token} by {By.Name}";
}

internal enum AnswerFate
{
    OnTheWay,

    /// <summary>The owner has read at least all of the new refresh token.</summary>
    Read,

    /// <summary>It never will.</summary>
    Lost,
}
