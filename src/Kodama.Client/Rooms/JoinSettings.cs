using System.Text;
using System.Text.Json;

namespace Kodama.Client.Rooms;

/// <summary>The options of a join as they were, checked.</summary>
internal sealed record JoinSettings(
    string Room, RoomStart Start, bool Presence, bool State, string? Token, int Capacity, FullMode FullMode)
{
    private static readonly UTF8Encoding Whole = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public static JoinSettings Of(string room, JoinOptions? options, RoomsSettings defaults)
    {
        ArgumentNullException.ThrowIfNull(room);
        ClientSettings.ThrowIfNoRoom(room, nameof(room));
        // What has half a character would come back as another name.
        Whole.GetByteCount(room);
        options ??= new JoinOptions();
        var capacity = options.EntryCapacity ?? defaults.EntryCapacity;
        var mode = options.FullMode ?? defaults.FullMode;
        ClientSettings.ThrowIfNotPositive(capacity, nameof(options.EntryCapacity));
        ClientSettings.ThrowIfNotDefined(mode, nameof(options.FullMode));
        return new(room, options.Start, options.Presence, options.State, options.Token, capacity, mode);
    }

    /// <param name="writer">Of the request.</param>
    /// <param name="stood">Where the room is to go on; null, where it begins.</param>
    public void Write(Utf8JsonWriter writer, RoomPosition? stood)
    {
        writer.WriteString("room"u8, Room);
        (stood is { } position ? RoomStart.After(position) : Start).Write(writer);
        if (Presence) writer.WriteBoolean("presence"u8, true);
        if (State) writer.WriteBoolean("state"u8, true);
        // Who goes on where an earlier run was does not have the lists of that run.
        if (stood is null && Start.AfterPosition is not null && (Presence || State)) writer.WriteBoolean("lists"u8, true);
        if (Token is not null) writer.WriteString("token"u8, Token);
    }
}
