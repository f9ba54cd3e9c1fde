namespace TokenGateway.Simulator.Faults;

/// <summary>
/// Something that goes wrong with one call. "Processed" means that the provider did its work, so that a refresh token is spent, before
/// the answer was spoiled.
/// </summary>
public abstract record Fault
{
    private Fault() { }

    /// <summary>True where the fault makes sense at the token endpoint only.</summary>
    public virtual bool TokenEndpointOnly => false;

    internal virtual bool SkipsProcessing => false;

    /// <summary>The connection is closed without an answer.</summary>
    public sealed record Drop(bool AfterProcessing) : Fault
    {
        internal override bool SkipsProcessing => !AfterProcessing;
    }

    /// <summary>The answer ends after <paramref name="Bytes"/> bytes of its body (0 or more), and the connection with it; a shorter one arrives whole. Processed.</summary>
    public sealed record Truncate(int Bytes) : Fault;

    /// <summary>An HTTP status, 400 to 599, instead of the answer.</summary>
    /// <param name="Code">The status.</param>
    /// <param name="AfterProcessing">Whether the provider did its work before.</param>
    /// <param name="RetryAfter">Sent as <c>Retry-After</c> in whole seconds, rounded up.</param>
    /// <param name="Body">A JSON body; null means the provider's own for 429, and a proxy's plain text for the others.</param>
    public sealed record Status(int Code, bool AfterProcessing = false, TimeSpan? RetryAfter = null, string? Body = null) : Fault
    {
        internal override bool SkipsProcessing => !AfterProcessing;
    }

    /// <summary>A page of HTML with status 200, as captive portals and firewalls send.</summary>
    public sealed record Html(bool AfterProcessing = false) : Fault
    {
        internal override bool SkipsProcessing => !AfterProcessing;
    }

    /// <summary>307 to another address, with the request's body still to be sent there. Not processed.</summary>
    public sealed record Redirect(string Location) : Fault
    {
        internal override bool SkipsProcessing => true;
    }

    /// <summary>A processed answer that lacks its closing brace, in full length.</summary>
    public sealed record MalformedJson : Fault;

    /// <summary>A processed answer without <c>refresh_token</c>.</summary>
    /// <param name="OldOneStays">True: RFC 6749 §6, the old one stays alive. False: it was rotated all the same and the new one is lost.</param>
    public sealed record MissingRefreshToken(bool OldOneStays = true) : Fault
    {
        /// <inheritdoc />
        public override bool TokenEndpointOnly => true;
    }

    /// <summary>A processed answer with an odd <c>expires_in</c> and without absolute expiry fields.</summary>
    /// <param name="ExpiresIn">The value as JSON: <c>0</c>, <c>-1</c>, <c>"NaN"</c> with its quotes, <c>1e300</c>; null leaves the field out.</param>
    public sealed record Expiry(string? ExpiresIn) : Fault;

    /// <summary>The provider thinks for that long before it acts, beside its usual latency; also when the caller has gone meanwhile.</summary>
    public sealed record Delay(TimeSpan For) : Fault;

    /// <summary>The call hangs until <see cref="FaultPlan.Release"/>; then it goes on, also when the caller has gone meanwhile.</summary>
    /// <param name="AfterProcessing">Whether the provider does its work before it hangs.</param>
    public sealed record Hang(bool AfterProcessing = false) : Fault;
}
