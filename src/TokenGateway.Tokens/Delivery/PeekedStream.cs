namespace TokenGateway.Tokens.Delivery;

/// <summary>A response's body whose first bytes have been looked at, and which its reader still gets from the beginning.</summary>
/// <param name="body">The body, read by one reader at a time.</param>
internal sealed class PeekedStream(Stream body) : Stream
{
    /// <summary>How much is looked at, in bytes.</summary>
    public const int Most = 4096;

    /// <summary>How long the response may be held up for that: what has not come by then is not looked at.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly byte[] _beginning = new byte[Most];
    private int _count;
    private int _position;

    /// <summary>A read into what is left of the beginning that has not ended yet, or has failed: the reader gets its outcome.</summary>
    private Task<int>? _pending;

    public ReadOnlyMemory<byte> Beginning => _beginning.AsMemory(0, _count);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads the beginning: all of it, or what comes in time.</summary>
    public async Task FillAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (_count < Most)
        {
            _pending = body.ReadAsync(_beginning.AsMemory(_count), CancellationToken.None).AsTask();
            var left = Longest - time.GetElapsedTime(began);
            try
            {
                var read = await _pending.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
                _pending = null;
                if (read == 0)
                {
                    return;
                }

                _count += read;
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                return; // Too late, or the body broke off: the reader sees to that.
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == _count && _pending is { } pending)
        {
            _count += await pending.WaitAsync(cancellationToken);
            _pending = null;
        }

        if (_position == _count)
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }

        var read = Math.Min(buffer.Length, _count - _position);
        _beginning.AsMemory(_position, read).CopyTo(buffer);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
