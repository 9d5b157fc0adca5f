namespace Kodama.Ably;

/// <summary>In which of its two forms a client speaks.</summary>
internal enum WireFormat : byte
{
    Json,

    MessagePack,
}
