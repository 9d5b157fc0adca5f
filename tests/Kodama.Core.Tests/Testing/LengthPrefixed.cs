using System.Buffers.Binary;
using System.Text;

namespace Kodama.Core.Tests;

/// <summary>A wire format for tests: 4 bytes of length, then the name of the format, the event if it is not the default one, and the
/// payload.</summary>
internal sealed class LengthPrefixed(string name = "") : IMessageEncoder
{
    public static readonly LengthPrefixed Plain = new();

    private int encoded;

    /// <summary>How often it was asked to encode.</summary>
    public int Encoded => Volatile.Read(ref encoded);

    /// <summary>Runs while a message is being encoded: the moment in which a publisher holds no lock and has not looked again.</summary>
    public Action? WhileEncoding { get; set; }

    public Frame Encode(in Message message)
    {
        Interlocked.Increment(ref encoded);
        WhileEncoding?.Invoke();
        var prefix = message.Event == Message.DefaultEvent ? name : $"{name}{message.Event}=";
        var length = Encoding.UTF8.GetByteCount(prefix) + message.Payload.Bytes.Length;
        var frame = Frame.Rent(4 + length);
        BinaryPrimitives.WriteInt32LittleEndian(frame.Span, length);
        var written = Encoding.UTF8.GetBytes(prefix, frame.Span[4..]);
        message.Payload.Bytes.Span.CopyTo(frame.Span[(4 + written)..]);
        return frame;
    }
}
