using System.Net;
using System.Net.Http.Headers;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// The body that carries a refresh token, and the proof of whether it left. It can be written once, before its deadline, and only
/// until it is withdrawn. The HTTP handler asks for it after name resolution, connect and TLS, so "never written" means "not sent".
/// </summary>
internal sealed class RefreshContent : HttpContent
{
    private const int Untouched = 0;
    private const int Written = 1;
    private const int Expired = 2;
    private const int Withdrawn = 3;

    private readonly byte[] _body;
    private readonly SendDeadline _deadline;
    private int _state;

    public RefreshContent(byte[] body, string mediaType, SendDeadline deadline)
    {
        _body = body;
        _deadline = deadline;
        Headers.ContentType = new MediaTypeHeaderValue(mediaType);
    }

    /// <summary>True when the deadline had passed at the moment of writing.</summary>
    public bool DeadlinePassed => Volatile.Read(ref _state) == Expired;

    /// <summary>
    /// Forbids writing from now on. True when nothing of the body has left, nor ever will: asking and forbidding are one step, so
    /// that a handler that is still at work behind a cancelled call cannot make the answer untrue.
    /// </summary>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _state, Withdrawn, Untouched) != Written;

    /// <inheritdoc />
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc />
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Taken before the deadline is looked at: between the two, a withdrawal must find "written" and stay in doubt.
        if (Interlocked.CompareExchange(ref _state, Written, Untouched) != Untouched)
        {
            throw new InvalidOperationException("A refresh token is sent once: its body was asked for again, or too late.");
        }

        if (_deadline.Passed)
        {
            Volatile.Write(ref _state, Expired);
            throw new TimeoutException("The deadline for sending the refresh token has passed; nothing was sent.");
        }

        await stream.WriteAsync(_body, cancellationToken);
    }

    /// <inheritdoc />
    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
