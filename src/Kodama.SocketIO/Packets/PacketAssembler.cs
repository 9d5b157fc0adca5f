using System.Net;
using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>
/// Puts the messages of one client together to packets: a text, and after a binary packet's text its attachments; or bytes, of MessagePack.
/// The first message says which. One for each Engine.IO session, whatever transport its messages come by. Not thread-safe.
/// </summary>
/// <param name="limits">The bounds of a packet.</param>
/// <param name="parser">Which packets are taken.</param>
/// <param name="budget">What all packets together may hold that are not whole; null for no bound.</param>
/// <param name="address">Whose share of it they take.</param>
internal sealed class PacketAssembler(
    PacketLimits limits, SocketIOParser parser = SocketIOParser.Any, AddressBudget? budget = null, IPAddress? address = null)
{
    private Underway? underway;

    /// <summary>What the client has, once it has said something.</summary>
    public SocketIOParser Parser { get; private set; } = parser;

    /// <summary>What was wrong, after <see cref="AssemblyResult.Error"/>.</summary>
    public PacketError Error { get; private set; }

    /// <summary>Takes a text message, known to be UTF-8, and overwrites it; a whole packet borrows it.</summary>
    public AssemblyResult Read(Memory<byte> text, out Packet packet)
    {
        packet = default;
        if (!Speaks(SocketIOParser.Json)) return Fail(PacketError.OtherParser);
        if (underway is not null) return Fail(PacketError.TextWithinBinary);
        var isBinary = !text.IsEmpty
            && text.Span[0] is (byte)('0' + (int)PacketType.BinaryEvent) or (byte)('0' + (int)PacketType.BinaryAck);
        if (isBinary && text.Length > limits.MaxPacketSize) return Fail(PacketError.TooLarge);
        // It must outlive the message until its attachments have come.
        var error = PacketReader.Read(isBinary ? text.ToArray() : text, limits, out packet);
        if (error != PacketError.None) return Fail(error);
        if (packet.AttachmentCount == 0) return AssemblyResult.Packet;
        underway = new Underway(packet);
        if (!TryHold(underway, text.Length)) return Fail(PacketError.TooMuchUnfinished);
        packet = default;
        return AssemblyResult.NeedMore;
    }

    /// <summary>Takes a binary message. A packet that is whole by it borrows it, and owns all else that it has.</summary>
    public AssemblyResult ReadBinary(ReadOnlyMemory<byte> bytes, out Packet packet)
    {
        packet = default;
        if (Speaks(SocketIOParser.MessagePack))
        {
            var error = MessagePackReader.Read(bytes, limits, out packet);
            return error == PacketError.None ? AssemblyResult.Packet : Fail(error);
        }
        if (underway is null) return Fail(PacketError.UnexpectedBinary);
        if (underway.Held + bytes.Length > limits.MaxPacketSize) return Fail(PacketError.TooLarge);
        var last = underway.Count == underway.Attachments.Length - 1;
        if (!last && !TryHold(underway, bytes.Length)) return Fail(PacketError.TooMuchUnfinished);
        underway.Attachments[underway.Count++] = last ? bytes : bytes.ToArray();
        if (!last) return AssemblyResult.NeedMore;
        packet = underway.Packet with { Attachments = underway.Attachments };
        Drop();
        return AssemblyResult.Packet;
    }

    /// <summary>Lets go what is not whole.</summary>
    public void Drop()
    {
        if (underway is not null) budget?.Return(address, underway.Held);
        underway = null;
    }

    private bool Speaks(SocketIOParser spoken)
    {
        if (Parser == SocketIOParser.Any) Parser = spoken;
        return Parser == spoken;
    }

    private bool TryHold(Underway packet, int count)
    {
        if (budget?.TryTake(address, count) == false) return false;
        packet.Held += count;
        return true;
    }

    private AssemblyResult Fail(PacketError error)
    {
        Error = error;
        Drop();
        return AssemblyResult.Error;
    }

    private sealed class Underway(Packet packet)
    {
        public Packet Packet { get; } = packet;

        public ReadOnlyMemory<byte>[] Attachments { get; } = new ReadOnlyMemory<byte>[packet.AttachmentCount];

        public int Count { get; set; }

        /// <summary>Bytes taken out of the budget.</summary>
        public long Held { get; set; }
    }
}

/// <summary>What <see cref="PacketAssembler"/> made of a message.</summary>
internal enum AssemblyResult : byte
{
    /// <summary>A whole packet.</summary>
    Packet,

    /// <summary>Attachments are missing.</summary>
    NeedMore,

    /// <summary>The other side broke the protocol or a bound: <see cref="PacketAssembler.Error"/>. The connection ends.</summary>
    Error,
}
