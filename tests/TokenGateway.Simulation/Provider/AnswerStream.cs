using TokenGateway.Simulation.Scheduling;

namespace TokenGateway.Simulation.Provider;

/// <summary>A body as it comes off the wire: its bytes a moment later, then its end, or a broken connection.</summary>
/// <param name="scheduler">The world's.</param>
/// <param name="reader">Who reads.</param>
/// <param name="body">What comes.</param>
/// <param name="breaks">Whether the connection breaks after it.</param>
/// <param name="arrived">Called when the reader has the bytes.</param>
/// <param name="missed">Called when the reader gave up before.</param>
internal sealed class AnswerStream(Scheduler scheduler, Process reader, byte[] body, bool breaks, Func<bool> arrived, Action missed) : Stream
{
    private bool _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var chunk = new TaskCompletionSource<int>();
        cancellationToken.UnsafeRegister((_, token) =>
        {
            if (chunk.TrySetCanceled(token) && !_read)
            {
                missed();
            }
        }, null);
        scheduler.After(TimeSpan.FromMilliseconds(1), reader, () => Deliver(buffer, chunk));
        return new ValueTask<int>(chunk.Task);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Only ever read.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Deliver(Memory<byte> buffer, TaskCompletionSource<int> chunk)
    {
        if (chunk.Task.IsCompleted)
        {
            return;
        }

        if (_read)
        {
            _ = breaks ? chunk.TrySetException(new IOException("The simulated connection broke.")) : chunk.TrySetResult(0);
            return;
        }

        _read = true;
        body.CopyTo(buffer);
        if (arrived())
        {
            chunk.TrySetResult(body.Length);
        }
    }
}
