using System.Text.Unicode;

namespace Kodama.SocketIO;

/// <summary>Reads the packets of a polling body one after another. Not thread-safe.</summary>
internal sealed class PollPayloadReader
{
    /// <summary>A body of 1 MB is full of packets of 61 bytes then; a client that has more waiting sends several bodies.</summary>
    public const int DefaultMaxPackets = 16_384;

    private readonly EngineVersion version;
    private readonly bool binary;
    private readonly int maxPackets;
    private Memory<byte> rest;
    private int packets;
    private bool finished;

    /// <summary>Makes a reader of a whole body.</summary>
    /// <param name="version">The session's revision.</param>
    /// <param name="body">The body; this reader and the readers of its packets overwrite parts of it.</param>
    /// <param name="binary">Whether it came as <c>application/octet-stream</c>, which only v3 has.</param>
    /// <param name="maxPackets">The most packets that it may hold.</param>
    public PollPayloadReader(EngineVersion version, Memory<byte> body, bool binary = false, int maxPackets = DefaultMaxPackets)
    {
        if (binary && version == EngineVersion.V4) throw new ArgumentException("Engine.IO v4 has no binary bodies.", nameof(binary));
        this.version = version;
        this.binary = binary;
        this.maxPackets = maxPackets;
        rest = body;
        if (body.IsEmpty) Fail(EngineReadError.Empty);
        else if (!binary && !Utf8.IsValid(body.Span)) Fail(EngineReadError.BadUtf8);
    }

    /// <summary>Why <see cref="TryRead"/> reads no more; none at the body's end.</summary>
    public EngineReadError Error { get; private set; }

    /// <summary>Reads the next packet; false at the end and after an error.</summary>
    public bool TryRead(out EnginePacket packet)
    {
        packet = default;
        while (!finished)
        {
            if (++packets > maxPackets) return Fail(EngineReadError.TooManyPackets);
            if (!TryTake(out var record, out var isBinary)) return Fail(EngineReadError.BadLength);
            // Node writes a v3 body without packets as "0:".
            if (version == EngineVersion.V3 && record.IsEmpty && !isBinary) continue;
            var error = isBinary
                ? EnginePacketReader.ReadBinary(version, record, out packet)
                : EnginePacketReader.ReadText(version, record, out packet);
            return error == EngineReadError.None || Fail(error);
        }
        return false;
    }

    private bool TryTake(out Memory<byte> record, out bool isBinary)
    {
        isBinary = false;
        if (version == EngineVersion.V3)
        {
            var taken = V3Payload.TryTake(ref rest, binary, out record, out isBinary);
            finished = rest.IsEmpty;
            return taken;
        }
        var end = rest.Span.IndexOf(PollBody.Separator);
        finished = end < 0;
        record = finished ? rest : rest[..end];
        rest = finished ? default : rest[(end + 1)..];
        return true;
    }

    private bool Fail(EngineReadError error)
    {
        Error = error;
        finished = true;
        return false;
    }
}
