using System.IO.Compression;

namespace Kodama.WebSockets;

/// <summary>What this end wants of permessage-deflate (RFC 7692). One instance serves any number of connections.</summary>
public sealed class PerMessageDeflateOptions
{
    /// <summary>
    /// Whether the other side may refer to its earlier messages: better ratios, for up to 32 KiB of memory a connection. Off by default.
    /// This end never does, so that a message is compressed once for all who get it.
    /// </summary>
    public bool PeerContextTakeover { get; init; }

    /// <summary>
    /// The window of the other side: it refers back by at most two to the power of this many bytes; 8 to 15, the default. Fewer take less
    /// memory with <see cref="PeerContextTakeover"/>. A server can only ask it of clients that offer client_max_window_bits.
    /// </summary>
    public int PeerMaxWindowBits
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, DeflateParameters.LeastWindowBits);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, DeflateParameters.MostWindowBits);
            field = value;
        }
    } = DeflateParameters.MostWindowBits;

    /// <summary>Messages of fewer bytes are sent as they are; 1 KiB.</summary>
    public int Threshold
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 1024;

    /// <summary>Time against size when compressing; <see cref="CompressionLevel.Fastest"/> by default.</summary>
    public CompressionLevel Level { get; init; } = CompressionLevel.Fastest;
}
