using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using Kodama.Client.Connecting;
using Kodama.Client.Sending;
using Kodama.Client.Sessions;

namespace Kodama.Client.Protocol;

/// <summary>Requests and answers over one connection: numbered, sent one after another by whoever brings the first, matched by
/// number.</summary>
/// <param name="connection">Which.</param>
/// <param name="limits">Of the hub.</param>
/// <param name="turns">The goodbye waits for its own.</param>
/// <param name="gate">The client's lock.</param>
internal sealed class Wire(HubConnection connection, HubLimits limits, SendTurns turns, Lock gate)
{
    // What type, number and again take, generously.
    private const int Overhead = 160;

    // So many are sent on the thread that brought one: others than its own too.
    private const int Turn = 32;
    private const int MostKept = 64 * 1024;

    private readonly Dictionary<long, Request> unanswered = [];
    private readonly Queue<(long Number, Request Request)> unsent = [];
    private ArrayBufferWriter<byte> buffer = new(512);
    private long last;
    private bool hasUnsent;
    private bool isSending;
    private bool isOver;

    public HubConnection Connection => connection;

    /// <summary>Takes a request, in order; <see cref="Flush"/> follows when the lock is free.</summary>
    public void Send_NeedsLock(Request request)
    {
        if (request.Body.Length + Overhead > limits.Frame || request.Bytes?.Length > limits.Frame)
        {
            request.OnRefused(new RequestRefusedException(
                RequestRefusedException.TooLarge,
                string.Create(
                    CultureInfo.InvariantCulture, $"It has {request.Size} bytes, and this hub takes {limits.Frame} in a frame.")));
            return;
        }
        unanswered.Add(++last, request);
        unsent.Enqueue((last, request));
        Volatile.Write(ref hasUnsent, true);
    }

    /// <summary>Sends what was taken, here or behind who is at it already. Waits for nobody.</summary>
    public void Flush()
    {
        // Whoever receives asks for each message.
        if (!Volatile.Read(ref hasUnsent)) return;
        lock (gate)
        {
            if (isSending || isOver || unsent.Count == 0) return;
            isSending = true;
        }
        _ = SendAsync();
    }

    /// <summary>Whose answer this is; null, if nobody's.</summary>
    public Request? TakeAnswered_NeedsLock(long number) => unanswered.Remove(number, out var request) ? request : null;

    /// <summary>The connection has ended.</summary>
    public void Break_NeedsLock(Exception? cause)
    {
        isOver = true;
        unsent.Clear();
        // In the order in which they were asked.
        foreach (var (_, request) in unanswered.OrderBy(u => u.Key).ToList()) request.OnLost(cause);
        unanswered.Clear();
    }

    private async Task SendAsync()
    {
        await turns.EnterAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            for (var sent = 1; Next() is { } request; sent++)
            {
                if (!await TrySendAsync(request).ConfigureAwait(false)) break;
                if (sent % Turn == 0) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
        }
        finally
        {
            turns.Exit();
            lock (gate) isSending = false;
        }
        // What came between the last look and the end.
        Flush();
    }

    private async ValueTask<bool> TrySendAsync(Request request)
    {
        try
        {
            if (await connection.TrySendAsync(buffer.WrittenMemory, WebSocketMessageType.Text).ConfigureAwait(false)
                && (request.Bytes is not { } bytes
                    || await connection.TrySendAsync(bytes, WebSocketMessageType.Binary).ConfigureAwait(false)))
                return true;
        }
        catch (NotConnectedException)
        {
            // Who receives learns of it too, and makes another connection.
        }
        lock (gate) isOver = true;
        return false;
    }

    private Request? Next()
    {
        lock (gate)
        {
            while (!isOver && unsent.TryDequeue(out var next))
            {
                var (number, request) = next;
                if (request.IsWithdrawn)
                {
                    unanswered.Remove(number);
                    continue;
                }
                request.OnSending();
                if (buffer.Capacity > MostKept) buffer = new ArrayBufferWriter<byte>(512);
                buffer.ResetWrittenCount();
                FrameHead.Write(buffer, request, number);
                return request;
            }
            Volatile.Write(ref hasUnsent, false);
            return null;
        }
    }
}
