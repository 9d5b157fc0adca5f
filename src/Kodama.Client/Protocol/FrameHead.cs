using System.Buffers;
using System.Text.Unicode;

namespace Kodama.Client.Protocol;

/// <summary>A request as it is sent: <c>{"type":"publish","n":2,"again":"k3xJ9aQ0b2Lm:40",</c> and what it says.</summary>
internal static class FrameHead
{
    // Type, number and a position.
    private const int Most = 192;

    public static void Write(ArrayBufferWriter<byte> buffer, Request request, long number)
    {
        var head = buffer.GetSpan(Most + request.Body.Length);
        var written = Head(head, request, number);
        request.Body.Span.CopyTo(head[written..]);
        buffer.Advance(written + request.Body.Length);
    }

    private static int Head(Span<byte> head, Request request, long number)
    {
        var comma = request.Body.Length > 1 ? "," : "";
        var isWritten = request.Again is { } again
            ? Utf8.TryWrite(head, $"{{\"type\":\"{request.Type}\",\"n\":{number},\"again\":\"{again}\"{comma}", out var written)
            : Utf8.TryWrite(head, $"{{\"type\":\"{request.Type}\",\"n\":{number}{comma}", out written);
        return isWritten ? written : throw new InvalidOperationException($"{request.Type} has a head of more than {Most} bytes.");
    }
}
