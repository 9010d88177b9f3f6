using Microsoft.Extensions.Options;
using Vlm.Api.Options;

namespace Vlm.Api.Requests;

/// <summary>Counts the bytes of all request bodies from the moment that they arrive until the answer ends, since nothing else bounds how many
/// bodies are on their way in. A slow one counts only what has come, and holds no place in the engine.</summary>
internal sealed class BodyMemory(IOptions<LimitsOptions> limits)
{
    private long _numBytes;

    /// <summary>Bytes that are counted now.</summary>
    public long NumBytes => Interlocked.Read(ref _numBytes);

    /// <summary>Counts the body of a request from now on. Reading it throws <see cref="BodiesFullException"/> once all together are too
    /// many bytes.</summary>
    public static void Watch(HttpRequest request)
    {
        CountedBody body = new(request.HttpContext.RequestServices.GetRequiredService<BodyMemory>(), request.Body);
        request.Body = body;
        request.HttpContext.Response.RegisterForDispose(body);
    }

    private void Take(int count)
    {
        if (count > 0 && Interlocked.Add(ref _numBytes, count) > limits.Value.MaxBodiesBytes)
        {
            Interlocked.Add(ref _numBytes, -count);
            throw new BodiesFullException(limits.Value.MaxBodiesBytes);
        }
    }

    private sealed class CountedBody(BodyMemory memory, Stream inner) : Stream
    {
        private long _numBytes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Note(inner.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Note(await inner.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            Interlocked.Add(ref memory._numBytes, -Interlocked.Exchange(ref _numBytes, 0));
            base.Dispose(disposing);
        }

        private int Note(int count)
        {
            memory.Take(count);
            _numBytes += count;
            return count;
        }
    }
}

/// <summary>The bodies of all requests together are more than the server keeps; try later.</summary>
public sealed class BodiesFullException(long limit)
    : Exception($"body: expected at most {limit} bytes in the bodies of all requests together, found more; try again later.");
