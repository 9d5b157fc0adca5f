using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kodama.Server;

/// <summary>A request's body in pooled memory, taken out of the hub's budget as it comes: a length that is announced reserves
/// nothing.</summary>
/// <param name="bounds">Of all that comes in.</param>
/// <param name="address">Whose share of the budget it takes.</param>
internal sealed class RequestBody(IncomingBounds bounds, IPAddress? address) : IMemoryOwner<byte>
{
    private GatheredBytes bytes;
    private int taken;
    private volatile bool expired;

    /// <summary>All of it, once it is read. Valid until <see cref="Dispose"/>.</summary>
    public Memory<byte> Memory { get; private set; }

    /// <summary>Reads all of it, or says why not.</summary>
    /// <param name="context">The request.</param>
    /// <param name="maxSize">Most bytes.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async ValueTask<BodyFault> ReadAsync(HttpContext context, int maxSize, CancellationToken cancellationToken)
    {
        if (context.Request.ContentLength > maxSize) return BodyFault.TooLarge;
        // Kestrel's own bound is for applications that have none.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        try
        {
            return await ReadAsync(context.Request.BodyReader, maxSize, cancellationToken);
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode == StatusCodes.Status408RequestTimeout ? BodyFault.TooSlow : BodyFault.Malformed;
        }
        catch (Exception exception) when (ClientFaults.IsGone(exception, context))
        {
            // Else Kestrel would look for the rest, in a reader that is no more, and call it an error.
            context.Abort();
            return BodyFault.BrokenOff;
        }
        catch (IOException)
        {
            // A chunk's size that is no number, or too large a one.
            return BodyFault.Malformed;
        }
    }

    public void Dispose()
    {
        bytes.Return();
        bounds.Budget.TryAdjust(address, ref taken, 0);
    }

    private async ValueTask<BodyFault> ReadAsync(PipeReader reader, int maxSize, CancellationToken cancellationToken)
    {
        // The reader is woken, and no read cancelled by its token: after that Kestrel could not read the rest, to come to the next request.
        using var givenUp = cancellationToken.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
        ITimer? deadline = null;
        try
        {
            while (true)
            {
                if (!reader.TryRead(out var read))
                {
                    deadline ??= StartDeadline(reader);
                    read = await reader.ReadAsync(CancellationToken.None);
                }
                if (!read.IsCompleted) deadline ??= StartDeadline(reader);
                var fault = Take(read.Buffer, maxSize);
                // Every read is ended, also the last: Kestrel looks behind the endpoint for what was left.
                reader.AdvanceTo(read.Buffer.End);
                if (fault != BodyFault.None) return fault;
                if (read.IsCompleted)
                {
                    Memory = bytes.Join();
                    return BodyFault.None;
                }
                cancellationToken.ThrowIfCancellationRequested();
                if (expired) return BodyFault.TooSlow;
            }
        }
        finally
        {
            deadline?.Dispose();
        }
    }

    private BodyFault Take(in ReadOnlySequence<byte> read, int maxSize)
    {
        if (bytes.Length + read.Length > maxSize) return BodyFault.TooLarge;
        foreach (var segment in read) bytes.Append(segment.Span);
        return bounds.Budget.TryAdjust(address, ref taken, bytes.Capacity) ? BodyFault.None : BodyFault.NoRoom;
    }

    private ITimer? StartDeadline(PipeReader reader) => bounds.Timeout == TimeSpan.Zero ? null : bounds.Time.CreateTimer(
        _ =>
        {
            expired = true;
            reader.CancelPendingRead();
        },
        null,
        bounds.Timeout,
        Timeout.InfiniteTimeSpan);
}
