namespace TokenGateway.Faults.Oracle;

/// <summary>One POST of a refresh token, as the proxy before the provider saw it. Times are timestamps of the monotonic clock.</summary>
internal sealed class Exchange
{
    public required string Gateway { get; init; }

    /// <summary>Which start of the gateway sent it.</summary>
    public required int Boot { get; init; }

    public required string Credential { get; init; }

    /// <summary>The provider's family of the refresh token that was sent.</summary>
    public required string Family { get; init; }

    /// <summary>The generation of the refresh token that was sent.</summary>
    public required int Generation { get; init; }

    /// <summary>The intent that precedes it in the store's stream; null where none was seen.</summary>
    public required Intent? Intent { get; init; }

    public required long SeenAt { get; init; }

    public required DateTimeOffset SeenOn { get; init; }

    /// <summary>When it was passed on to the provider; null where it never was.</summary>
    public long? ForwardedAt { get; set; }

    public long? AnsweredAt { get; set; }

    public int Status { get; set; }

    /// <summary>When the whole answer was handed to the gateway's socket; null where it never was.</summary>
    public long? DeliveredAt { get; set; }

    /// <summary>What kept the answer from arriving.</summary>
    public string? Lost { get; set; }

    public bool Granted => Status == 200;
}

/// <summary>A record with an attempt that nobody had declared before, on its way to the store.</summary>
/// <param name="Gateway">Who declared it.</param>
/// <param name="Server">Where it was written.</param>
/// <param name="Record">With the new attempt last.</param>
/// <param name="SeenAt">A timestamp of the monotonic clock.</param>
internal sealed record Intent(string Gateway, string Server, SeenRecord Record, long SeenAt);
