using System.Text.Unicode;

namespace Kodama.SocketIO;

/// <summary>Reads the packets of a polling body one after another, overwriting parts of it: of one of bytes where it came as
/// <c>application/octet-stream</c>, which only v3 has.</summary>
internal sealed class PollPayloadReader(
    EngineVersion version, Memory<byte> body, bool isBytes = false, int maxPackets = PollPayloadReader.DefaultMaxPackets)
{
    /// <summary>A body of 1 MB is full of packets of 61 bytes then; a client that has more waiting sends several bodies.</summary>
    public const int DefaultMaxPackets = 16_384;

    private Memory<byte> rest = body;
    private int packets;
    private bool finished;

    /// <summary>Why <see cref="TryRead"/> reads no more (<see cref="EngineReadError"/>); null at the body's end.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads the next packet; false at the end and after an error.</summary>
    public bool TryRead(out EnginePacket packet)
    {
        packet = default;
        if (packets == 0 && rest.IsEmpty) return Fail(EngineReadError.Empty);
        if (packets == 0 && !isBytes && !Utf8.IsValid(rest.Span)) return Fail(EngineReadError.BadUtf8);
        while (!finished)
        {
            if (++packets > maxPackets) return Fail(EngineReadError.TooManyPackets);
            if (!TryTake(out var record, out var isBinary)) return Fail(EngineReadError.BadLength);
            // Node writes a v3 body without packets as "0:".
            if (version == EngineVersion.V3 && record.IsEmpty && !isBinary) continue;
            var error = isBinary
                ? EnginePacket.ReadBinary(version, record, out packet)
                : EnginePacket.ReadText(version, record, out packet);
            return error is null || Fail(error);
        }
        return false;
    }

    private bool TryTake(out Memory<byte> record, out bool isBinary)
    {
        isBinary = false;
        if (version == EngineVersion.V3)
        {
            var taken = V3Payload.TryTake(ref rest, isBytes, out record, out isBinary);
            finished = rest.IsEmpty;
            return taken;
        }
        var end = rest.Span.IndexOf(PollBody.Separator);
        finished = end < 0;
        record = finished ? rest : rest[..end];
        rest = finished ? default : rest[(end + 1)..];
        return true;
    }

    private bool Fail(string error)
    {
        (Error, finished) = (error, true);
        return false;
    }
}
