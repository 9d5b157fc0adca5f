namespace Kodama.SocketIO;

/// <summary>The bounds of a packet that comes in.</summary>
internal sealed record PacketLimits
{
    public static PacketLimits Default { get; } = new();

    /// <summary>Attachments of one packet; 10 as in node.</summary>
    public int MaxAttachments { get; init; } = 10;

    /// <summary>Arrays and objects within one another, the packet's own array counted: what System.Text.Json reads by default.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Bytes of an event's name.</summary>
    public int MaxEventNameLength { get; init; } = 1024;

    /// <summary>Bytes of a namespace's name, to which clients of Socket.IO 2 add their query with its tokens.</summary>
    public int MaxNamespaceLength { get; init; } = 4096;

    /// <summary>Bytes of a binary packet with all attachments, which are kept until the last has come: 11 messages of 1 MB as in
    /// node.</summary>
    public long MaxBinaryPacketSize { get; init; } = 11_000_000;
}
