using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Kodama.WebSockets;

/// <summary>
/// Turns the bytes of one direction of a connection into messages and control frames (RFC 6455 sections 5 to 8, RFC 7692). It reads no
/// socket: feed it what arrived, in order, and it answers with events. Not thread-safe.
/// </summary>
/// <remarks>
/// A connection's loop reads until <see cref="ReadEvent.NeedMore"/>; then all input is used and, unless a message is underway, the
/// reader holds no buffer. What it holds of a message underway comes from a pool and grows with the bytes that arrived, never
/// with the length that a header promises.
/// </remarks>
public sealed class MessageReader : IDisposable
{
    private const string NotUtf8 = "The text message is not UTF-8.";

    private readonly MessageReaderOptions options;
    private readonly IPAddress? address;
    private readonly WebSocketRole role;
    private readonly byte peerWindowBits;
    private GatheredBytes message;
    private Inflation? inflation;
    private CutFrame cut;
    private int taken;
    private uint mask;
    private int frameRemaining;
    private int fragments;
    private int begun;
    private Opcode opcode;
    private Utf8Validator utf8;
    private State state;
    private ReadEvent end;

    /// <summary>Makes a reader for the end of a connection that <paramref name="role"/> names.</summary>
    /// <param name="role">The end that reads: a server demands masked frames and a client unmasked ones.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="deflate">What was negotiated of permessage-deflate, or null where it was not.</param>
    /// <param name="address">Where the bytes come from, if that is known: whose share of the budget they take.</param>
    public MessageReader(WebSocketRole role, MessageReaderOptions options, DeflateParameters? deflate = null, IPAddress? address = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.address = address;
        this.role = role;
        this.options = options;
        if (deflate is null)
            return;
        peerWindowBits = (byte)deflate.PeerWindowBits(role);
        inflation = deflate.PeerKeepsContext(role) ? new Inflation(new InflateWindow(1 << peerWindowBits)) : null;
    }

    /// <summary>The size in bytes of the pooled buffers that the reader holds; 0 while it holds none.</summary>
    internal int HeldBytes => message.Capacity + (inflation?.Output.Capacity ?? 0);

    private bool Deflates => peerWindowBits > 0;

    /// <summary>Which message, or control frame outside one, has begun and is not whole: another number for each; 0 for none.</summary>
    internal int Underway => (state & (State.InFrame | State.InMessage)) == 0 ? 0 : begun;

    /// <summary>
    /// More than the message may have: data that cannot be compressed grows, by an eighth in the fixed Huffman code of 9 bits a byte.
    /// </summary>
    private long MaxCompressedSize => options.MaxMessageSize + options.MaxMessageSize / 8L + 64;

    /// <summary>The type of the message that <see cref="ReadEvent.Message"/> announced.</summary>
    public MessageType MessageType { get; private set; }

    /// <summary>
    /// The payload of the message, ping or pong. It points into the input or a buffer of the reader's: valid until the next
    /// <see cref="Read"/> or <see cref="Dispose"/>, and no longer than the input is.
    /// </summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>
    /// The work that the last event took beyond receiving it, in bytes: what a message has or, of a compressed one, what inflating took
    /// since the event before. A loop that serves many connections counts it.
    /// </summary>
    public int Cost { get; private set; }

    /// <summary>
    /// After <see cref="ReadEvent.Close"/> the code that the other side sent, <see cref="CloseCodes.NoStatus"/> if it sent none; after
    /// <see cref="ReadEvent.Error"/> the code to send it: 1002, 1007, 1009 or 1013.
    /// </summary>
    public ushort CloseCode { get; private set; }

    /// <summary>
    /// The reason that came with <see cref="CloseCode"/>, empty if none did; after <see cref="ReadEvent.Error"/> what was wrong, in
    /// ASCII and short enough to be sent as a reason.
    /// </summary>
    public string CloseReason { get; private set; } = "";

    /// <summary>
    /// Reads up to the next event, unmasking <paramref name="input"/> in place. Before it answers <see cref="ReadEvent.NeedMore"/> it
    /// has used all input. After <see cref="ReadEvent.Pause"/> it goes on without any. After <see cref="ReadEvent.Close"/> and
    /// <see cref="ReadEvent.Error"/> it discards all input and answers the same again.
    /// </summary>
    /// <param name="input">What arrived and was not yet consumed. An empty input is no error and frees the buffer of the last
    /// event.</param>
    /// <param name="consumed">How many bytes of the input are used up; go on after them.</param>
    /// <exception cref="ObjectDisposedException">The reader is disposed.</exception>
    public ReadEvent Read(Memory<byte> input, out int consumed)
    {
        ObjectDisposedException.ThrowIf((state & State.Disposed) != 0, this);
        if (end != ReadEvent.NeedMore)
        {
            consumed = input.Length;
            return end;
        }
        // Not only what is ours: an idle reader must not keep the caller's buffer alive either.
        Payload = default;
        Cost = 0;
        if ((state & State.Delivered) != 0)
            Release();
        if (inflation is { IsPaused: true })
        {
            consumed = 0;
            inflation.IsPaused = false;
            return Inflate(message.Join().Span, inflation.Output, inflation.State);
        }

        ReadEvent result = ReadEvent.NeedMore;
        int offset = 0;
        while (result == ReadEvent.NeedMore && offset < input.Length)
        {
            bool begins = (state & State.InFrame) == 0;
            if (begins)
            {
                result = ReadHeader(input.Span[offset..], out int used);
                offset += used;
                if ((state & State.InFrame) == 0)
                    continue;
            }

            int length = Math.Min(frameRemaining, input.Length - offset);
            result = ReadPayload(input.Slice(offset, length), begins);
            offset += length;
        }

        consumed = offset;
        // Once for a read, which brings in little: what is over the budget here is let go before anything else is read.
        return TryCharge() ? result : Fail(CloseCodes.TryAgainLater, "Too many messages are underway; send it again later.");
    }

    /// <summary>Returns what the reader holds to the pool. <see cref="Payload"/> is no longer valid.</summary>
    public void Dispose()
    {
        state |= State.Disposed;
        Release();
    }

    /// <summary>Reads a header, or as much of it as there is, and enters its frame when it is whole and right.</summary>
    private ReadEvent ReadHeader(ReadOnlySpan<byte> input, out int used)
    {
        int before = cut.HeaderLength;
        if (before == 0 && FrameHeader.TryRead(input, role, Deflates, out FrameHeader header, out _))
        {
            used = header.Size;
            return EnterFrame(header);
        }

        Span<byte> bytes = cut.Header;
        used = Math.Min(input.Length, bytes.Length - before);
        input[..used].CopyTo(bytes[before..]);
        cut.HeaderLength = (byte)(before + used);
        if (!FrameHeader.TryRead(bytes[..cut.HeaderLength], role, Deflates, out header, out string? error))
            return error is null ? ReadEvent.NeedMore : Fail(CloseCodes.ProtocolError, error);

        used = header.Size - before;
        cut.HeaderLength = 0;
        return EnterFrame(header);
    }

    /// <summary>The checks of a header that depend on the frames before it.</summary>
    private ReadEvent EnterFrame(in FrameHeader header)
    {
        if ((state & State.InMessage) == 0)
            begun = begun == int.MaxValue ? 1 : begun + 1;
        if (header.Opcode < Opcode.Close)
        {
            bool underway = (state & State.InMessage) != 0;
            if (header.Opcode == Opcode.Continuation)
            {
                if (!underway)
                    return Fail(CloseCodes.ProtocolError, "A continuation frame has no message to continue.");
                if (fragments == options.MaxFragments)
                    return Fail(CloseCodes.MessageTooBig, $"The message has more than {options.MaxFragments} fragments.");
                fragments++;
            }
            else
            {
                if (underway)
                    return Fail(CloseCodes.ProtocolError, "A new message begins before the last fragment of the one underway.");
                MessageType = header.Opcode == Opcode.Text ? MessageType.Text : MessageType.Binary;
                fragments = 1;
                state = State.InMessage | (header.Compressed ? State.Compressed : State.None);
            }

            long limit = (state & State.Compressed) != 0 ? MaxCompressedSize : options.MaxMessageSize;
            if (header.PayloadLength > limit - message.Length)
                return Fail(CloseCodes.MessageTooBig, TooBig());
        }

        opcode = header.Opcode;
        mask = header.Mask;
        frameRemaining = (int)header.PayloadLength;
        state = (state & ~State.Fin) | State.InFrame | (header.Fin ? State.Fin : State.None);
        return ReadEvent.NeedMore;
    }

    private ReadEvent ReadPayload(Memory<byte> piece, bool begins)
    {
        if (role == WebSocketRole.Server)
            mask = Masking.Apply(piece.Span, mask);
        frameRemaining -= piece.Length;
        if (frameRemaining == 0)
            state &= ~State.InFrame;

        bool whole = begins && frameRemaining == 0;
        if (opcode >= Opcode.Close)
            return ReadControl(piece, whole);
        if (whole && fragments == 1 && (state & State.Fin) != 0)
            return ReadUnfragmented(piece);
        return ReadFragment(piece.Span);
    }

    private ReadEvent ReadUnfragmented(ReadOnlyMemory<byte> frame)
    {
        if ((state & State.Compressed) != 0)
            return BeginInflating(frame.Span);
        if (MessageType == MessageType.Text && !Utf8.IsValid(frame.Span))
            return Fail(CloseCodes.InvalidPayload, NotUtf8);
        state &= ~State.InMessage;
        Payload = frame;
        Cost = frame.Length;
        return ReadEvent.Message;
    }

    /// <summary>A piece of a message that is in more than one frame, or in a frame that is not wholly there.</summary>
    private ReadEvent ReadFragment(ReadOnlySpan<byte> piece)
    {
        bool compressed = (state & State.Compressed) != 0;
        bool text = MessageType == MessageType.Text && !compressed;
        if (text && !utf8.Append(piece))
            return Fail(CloseCodes.InvalidPayload, NotUtf8);
        message.Append(piece);
        if ((state & (State.InFrame | State.Fin)) != State.Fin)
            return ReadEvent.NeedMore;

        if (text && !utf8.IsComplete)
            return Fail(CloseCodes.InvalidPayload, NotUtf8);
        Memory<byte> whole = message.Join();
        if (compressed)
            return BeginInflating(whole.Span);
        Cost = whole.Length;
        return Deliver(whole);
    }

    private ReadEvent BeginInflating(ReadOnlySpan<byte> compressed)
    {
        PooledBytes output = default;
        int start = inflation?.Window?.CopyTo(ref output) ?? 0;
        return Inflate(compressed, output, new InflateState(start));
    }

    private ReadEvent Inflate(ReadOnlySpan<byte> compressed, PooledBytes output, InflateState progress)
    {
        InflateResult result = Inflater.Inflate(compressed, ref output, ref progress, options.MaxMessageSize, 1 << peerWindowBits);
        Cost = progress.Cost;
        if (result == InflateResult.Paused)
        {
            // The caller's buffer may be gone by the next step.
            if (message.Length == 0)
                message.AppendWhole(compressed);
            inflation ??= new Inflation(window: null);
            (inflation.IsPaused, inflation.Output, inflation.State) = (true, output, progress);
            return ReadEvent.Pause;
        }

        if (inflation is not null)
            inflation.Output = default;
        // compressed may lie in the buffer that is returned here: it is not used after this.
        message.Replace(output);
        if (result == InflateResult.TooBig)
            return Fail(CloseCodes.MessageTooBig, TooBig());
        if (result == InflateResult.Wasteful)
            return Fail(CloseCodes.MessageTooBig, "The compressed message has more Huffman codes than data to write in them.");
        if (result == InflateResult.Invalid)
            return Fail(CloseCodes.InvalidPayload, "The compressed message is not DEFLATE data in the agreed window.");

        inflation?.Window?.Keep(output.Span);
        ReadOnlyMemory<byte> inflated = output.Memory[progress.Start..];
        if (MessageType == MessageType.Text && !Utf8.IsValid(inflated.Span))
            return Fail(CloseCodes.InvalidPayload, NotUtf8);
        return Deliver(inflated);
    }

    private ReadEvent Deliver(ReadOnlyMemory<byte> whole)
    {
        Payload = whole;
        state = (state & ~State.InMessage) | State.Delivered;
        return ReadEvent.Message;
    }

    /// <summary>A piece of a control frame. One that is not wholly there waits behind what there is of the message underway.</summary>
    private ReadEvent ReadControl(ReadOnlyMemory<byte> piece, bool whole)
    {
        if (!whole)
        {
            message.AppendWhole(piece.Span);
            cut.ControlLength += (byte)piece.Length;
            if ((state & State.InFrame) != 0)
                return ReadEvent.NeedMore;

            piece = message.TakeLast(cut.ControlLength);
            cut.ControlLength = 0;
            if ((state & State.InMessage) == 0)
                state |= State.Delivered;
        }

        if (opcode == Opcode.Close)
            return ReadClose(piece.Span);
        Payload = piece;
        return opcode == Opcode.Ping ? ReadEvent.Ping : ReadEvent.Pong;
    }

    private ReadEvent ReadClose(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
            return End(ReadEvent.Close, CloseCodes.NoStatus, "");
        if (body.Length < sizeof(ushort))
            return Fail(CloseCodes.ProtocolError, "The payload of a close frame has 1 byte, a code has 2.");

        ushort code = BinaryPrimitives.ReadUInt16BigEndian(body);
        ReadOnlySpan<byte> reason = body[sizeof(ushort)..];
        if (!CloseCodes.IsValidOnWire(code))
            return Fail(CloseCodes.ProtocolError, $"Close code {code} may not be sent.");
        if (!Utf8.IsValid(reason))
            return Fail(CloseCodes.InvalidPayload, "The close reason is not UTF-8.");
        return End(ReadEvent.Close, code, Encoding.UTF8.GetString(reason));
    }

    private ReadEvent Fail(ushort code, string reason) => End(ReadEvent.Error, code, reason);

    private ReadEvent End(ReadEvent last, ushort code, string reason)
    {
        CloseCode = code;
        CloseReason = reason;
        Release();
        return end = last;
    }

    private void Release()
    {
        Payload = default;
        message.Return();
        inflation?.Drop();
        TryCharge();
        state &= ~State.Delivered;
    }

    /// <summary>Takes of the budget what the buffer is now. Nothing to do, and so free, where a message was whole in one read.</summary>
    private bool TryCharge() =>
        taken == HeldBytes || options.Budget is not { } budget || budget.TryAdjust(address, ref taken, HeldBytes);

    private string TooBig() => $"The message has more than {options.MaxMessageSize} bytes.";

    [Flags]
    private enum State : byte
    {
        None = 0,

        /// <summary>A header is read and its payload is not, or not all of it.</summary>
        InFrame = 1 << 0,

        /// <summary>A message has begun whose last fragment has not come.</summary>
        InMessage = 1 << 1,

        /// <summary>The frame is the last of its message.</summary>
        Fin = 1 << 2,

        /// <summary>The message is compressed.</summary>
        Compressed = 1 << 3,

        /// <summary>The payload lies in the buffer, which goes back to the pool with the next read.</summary>
        Delivered = 1 << 4,

        Disposed = 1 << 5,
    }

    /// <summary>What there is of a frame's header, or of a control frame's payload behind the message underway. In 16 bytes.</summary>
    private struct CutFrame
    {
        public HeaderBytes Header;
        public byte HeaderLength;
        public byte ControlLength;
    }

    [InlineArray(FrameWriter.MaxHeaderSize)]
    private struct HeaderBytes
    {
        private byte first;
    }
}
