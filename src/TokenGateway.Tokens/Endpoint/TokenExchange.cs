namespace TokenGateway.Tokens.Endpoint;

/// <summary>How one attempt to send a refresh token ended, before the answer is read.</summary>
internal abstract record TokenExchange
{
    private TokenExchange() { }

    /// <summary>Not a byte of the body left this process, and none ever will.</summary>
    public sealed record NotSent(string Reason) : TokenExchange;

    /// <summary>The endpoint answered, at least with a status.</summary>
    public sealed record Answered(RawAnswer Answer) : TokenExchange;

    /// <summary>The body may have been sent, and no answer came: the refresh token may be spent.</summary>
    public sealed record Lost(string Reason) : TokenExchange;
}
