namespace Kodama.SocketIO;

/// <summary>Names that clients and servers give to their own events. A client closes its connection when it gets one as an event.</summary>
internal static class ReservedEvents
{
    private const int Longest = 14;

    public static bool Contains(ReadOnlySpan<byte> name) => name.Length is >= 7 and <= Longest
        && (name.SequenceEqual("connect"u8)
            || name.SequenceEqual("connect_error"u8)
            || name.SequenceEqual("disconnect"u8)
            || name.SequenceEqual("disconnecting"u8)
            || name.SequenceEqual("newListener"u8)
            || name.SequenceEqual("removeListener"u8));

    public static bool Contains(string name) =>
        name is "connect" or "connect_error" or "disconnect" or "disconnecting" or "newListener" or "removeListener";
}
