using System.Buffers;
using System.Runtime.CompilerServices;

namespace TokenGateway.Proxy;

/// <summary>
/// A request's body that can be read twice: what the first reading takes is kept on its way through, so that nothing waits for it, and nothing is read that the
/// upstream does not ask for.
/// </summary>
/// <param name="body">The client's body, read by one reader at a time.</param>
/// <param name="length">Its length in bytes, which the server enforces.</param>
internal sealed class ReplayableBody(Stream body, int length) : Stream
{
    private readonly Lock _gate = new();
    private byte[]? _kept;
    private int _count;
    private int _position;
    private volatile bool _rewound;
    private bool _released;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Begins again: first what was kept, then what the client has still to send.</summary>
    public void Rewind()
    {
        lock (_gate)
        {
            _position = 0;
            _rewound = true;
        }
    }

    /// <summary>Gives the memory back; nothing is kept any more.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _released = true;
            if (_kept is not null)
            {
                _kept.AsSpan(0, _count).Clear(); // Whoever rents it next must not find what a client has sent.
                ArrayPool<byte>.Shared.Return(_kept);
                _kept = null;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rewound && TryReplay(buffer.Span) is var replayed and > 0)
        {
            return replayed;
        }

        var read = await body.ReadAsync(buffer, cancellationToken);
        Keep(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int TryReplay(Span<byte> buffer)
    {
        lock (_gate)
        {
            if (_kept is null)
            {
                return 0;
            }

            var replayed = Math.Min(buffer.Length, _count - _position);
            _kept.AsSpan(_position, replayed).CopyTo(buffer);
            _position += replayed;
            return replayed;
        }
    }

    /// <summary>Under the lock, and only while the memory is ours: a read that ends late must not write into what is somebody else's by then.</summary>
    private void Keep(ReadOnlySpan<byte> read)
    {
        lock (_gate)
        {
            if (!_released && read.Length > 0)
            {
                _kept ??= ArrayPool<byte>.Shared.Rent(length);
                read.CopyTo(_kept.AsSpan(_count));
                _count += read.Length;
                _position = _count;
            }
        }
    }
}
