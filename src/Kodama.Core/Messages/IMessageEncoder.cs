namespace Kodama;

/// <summary>A door's wire format: turns a message into the frames that all peers with this encoder get, once for all of them.</summary>
/// <remarks>An instance is shared by the peers that understand its format: rooms tell formats apart by reference. It must be thread-safe.</remarks>
public interface IMessageEncoder
{
    /// <summary>Writes the message into a frame from <see cref="Frame.Rent"/>; the caller releases it.</summary>
    Frame Encode(in Message message);
}
