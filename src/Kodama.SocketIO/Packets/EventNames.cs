using System.Text;

namespace Kodama.SocketIO;

/// <summary>Event names as strings, without a new string for every event. Thread-safe.</summary>
/// <remarks>A name takes the place of another with the same slot; whoever sends many names costs a string each, as without a
/// table.</remarks>
internal static class EventNames
{
    private const int Slots = 1024;
    private const int LongestKept = 64;

    private static readonly Entry?[] Table = new Entry?[Slots];

    public static string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.SequenceEqual("message"u8)) return Message.DefaultEvent;
        if (utf8.Length > LongestKept) return Encoding.UTF8.GetString(utf8);
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var slot = ref Table[(uint)hash.ToHashCode() % Slots];
        var entry = Volatile.Read(ref slot);
        if (entry is not null && utf8.SequenceEqual(entry.Utf8)) return entry.Name;
        entry = new Entry(utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        Volatile.Write(ref slot, entry);
        return entry.Name;
    }

    private sealed record Entry(byte[] Utf8, string Name);
}

/// <summary>Names that clients and servers give to their own events. A client closes its connection when it gets one as an event.</summary>
internal static class ReservedEvents
{
    private const int Longest = 14;

    public static bool Contains(ReadOnlySpan<char> name) =>
        name is "connect" or "connect_error" or "disconnect" or "disconnecting" or "newListener" or "removeListener";

    public static bool Contains(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[Longest];
        return name.Length <= Longest && Contains(text[..Encoding.UTF8.GetChars(name, text)]);
    }

    public static void ThrowIfReserved(string eventName)
    {
        if (!Contains(eventName)) return;
        throw new ArgumentException(
            $"\"{eventName}\" is a reserved event name: clients close the connection over it. Choose another.", nameof(eventName));
    }
}
