using System.Net;

namespace Kodama.Discovery;

/// <param name="Bytes">Valid only while it is handed over.</param>
/// <param name="Source">Who sent it; of a link-local address with its scope.</param>
/// <param name="ToMulticast">Whether it was for all, or for this machine alone.</param>
internal readonly record struct MulticastPacket(ReadOnlyMemory<byte> Bytes, IPEndPoint Source, bool ToMulticast)
{
    /// <summary>Whether it comes from a responder's port; from others come questions only (RFC 6762 sections 6 and 11).</summary>
    public bool IsFromResponder => Source.Port == MulticastGroup.Port;
}
