namespace Kodama;

/// <summary>A door's wire format: turns what happens in a room into the frames that all peers with this encoder get, once for all of
/// them.</summary>
/// <remarks>An instance is shared by the peers that understand its format: rooms tell formats apart by reference. It must be
/// thread-safe.</remarks>
public interface IMessageEncoder
{
    /// <summary>
    /// Whether frames tell their position, so that a peer that was too slow can go on from there: it falls back to reading what is kept
    /// instead of being disconnected. Default false.
    /// </summary>
    bool CarriesPosition => false;

    /// <summary>Whether a peer that catches up can be told of a gap, by <see cref="Encode(in RoomMark)"/>; else it is closed as too slow
    /// where it should have got what is gone. As <see cref="CarriesPosition"/> by default.</summary>
    bool TellsGaps => CarriesPosition;

    /// <summary>Whether it reads notes (<see cref="Note"/>): formats that do not get no asides. Default false.</summary>
    bool ReadsNotes => false;

    /// <summary>
    /// Writes the message into a frame from <see cref="Frame.Rent"/>; the caller releases it. A format that carries positions leaves room
    /// for the offset and the time where the message has none yet, unless it is transient: <see cref="Place"/> fills it. Empty where the
    /// format does not tell the message.
    /// </summary>
    Frame Encode(in Message message);

    /// <summary>The same of a message that is read from what is kept, for who catches up.</summary>
    Frame EncodeKept(in Message message) => Encode(message);

    /// <summary>Writes offset and time into a frame of this format; called under the room's lock, so it does only that.</summary>
    void Place(Span<byte> frame, long offset, DateTimeOffset time)
    {
    }

    /// <summary>Writes a change of presence or state, with a place or with room for it as of messages; empty where the format does not tell
    /// it.</summary>
    Frame Encode(Room room, Entry change) => default;

    /// <summary>Writes how far a peer that catches up has come; empty where the format does not tell it.</summary>
    Frame Encode(in RoomMark mark) => default;
}
