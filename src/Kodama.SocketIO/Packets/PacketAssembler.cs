namespace Kodama.SocketIO;

/// <summary>
/// Puts the messages of one client together to packets: a text, and after a binary packet's text its attachments. One for each Engine.IO session,
/// whatever transport its messages come by. Not thread-safe.
/// </summary>
internal sealed class PacketAssembler(PacketLimits limits)
{
    private Underway? underway;

    /// <summary>What was wrong, after <see cref="AssemblyResult.Error"/>.</summary>
    public PacketError Error { get; private set; }

    /// <summary>Takes a text message, known to be UTF-8, and overwrites it; a whole packet borrows it.</summary>
    public AssemblyResult Read(Memory<byte> text, out Packet packet)
    {
        packet = default;
        if (underway is not null) return Fail(PacketError.TextWithinBinary);
        var isBinary = !text.IsEmpty && text.Span[0] is (byte)('0' + (int)PacketType.BinaryEvent) or (byte)('0' + (int)PacketType.BinaryAck);
        if (isBinary && text.Length > limits.MaxBinaryPacketSize) return Fail(PacketError.TooLarge);
        // It must outlive the message until its attachments have come.
        var error = PacketReader.Read(isBinary ? text.ToArray() : text, limits, out packet);
        if (error != PacketError.None) return Fail(error);
        if (packet.AttachmentCount == 0) return AssemblyResult.Packet;
        underway = new Underway(packet, text.Length);
        packet = default;
        return AssemblyResult.NeedMore;
    }

    /// <summary>Takes a binary message. A packet that is whole by it borrows it, and owns all that came before.</summary>
    public AssemblyResult ReadBinary(ReadOnlyMemory<byte> bytes, out Packet packet)
    {
        packet = default;
        if (underway is null) return Fail(PacketError.UnexpectedBinary);
        underway.Size += bytes.Length;
        if (underway.Size > limits.MaxBinaryPacketSize) return Fail(PacketError.TooLarge);
        var last = underway.Count == underway.Attachments.Length - 1;
        underway.Attachments[underway.Count++] = last ? bytes : bytes.ToArray();
        if (!last) return AssemblyResult.NeedMore;
        packet = underway.Packet with { Attachments = underway.Attachments };
        underway = null;
        return AssemblyResult.Packet;
    }

    private AssemblyResult Fail(PacketError error)
    {
        Error = error;
        underway = null;
        return AssemblyResult.Error;
    }

    private sealed class Underway(Packet packet, long size)
    {
        public Packet Packet { get; } = packet;

        public ReadOnlyMemory<byte>[] Attachments { get; } = new ReadOnlyMemory<byte>[packet.AttachmentCount];

        public int Count { get; set; }

        public long Size { get; set; } = size;
    }
}
