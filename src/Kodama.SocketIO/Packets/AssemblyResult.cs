namespace Kodama.SocketIO;

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
