using Kodama.Server;
using Kodama.WebSockets;

namespace Kodama.Ably;

/// <summary>ProtocolMessages of the door's own (TR4).</summary>
internal static class Protocol
{
    public static WireWriter Begin(WireFormat format, ProtocolAction action)
    {
        var writer = WireWriter.Rent(format);
        writer.StartMap().Name("action"u8).Number((int)action);
        return writer;
    }

    public static WireWriter Error(WireFormat format, AblyError error, string? channel = null) =>
        Ending(format, ProtocolAction.Error, error, channel);

    public static WireWriter Disconnected(WireFormat format, AblyError error) =>
        Ending(format, ProtocolAction.Disconnected, error, channel: null);

    public static WireWriter Detached(WireFormat format, string channel, AblyError? error = null) =>
        Ending(format, ProtocolAction.Detached, error, channel);

    public static WireWriter Heartbeat(WireFormat format, string? id = null)
    {
        var writer = Begin(format, ProtocolAction.Heartbeat);
        if (id is not null) writer.Name("id"u8).Text(id);
        return writer.End();
    }

    public static WireWriter Nack(WireFormat format, long serial, AblyError error)
    {
        var writer = Begin(format, ProtocolAction.Nack).Name("msgSerial"u8).Number(serial).Name("count"u8).Number(1);
        error.Write(writer.Name("error"u8));
        return writer.End();
    }

    /// <summary>What was said has its place (TR4s).</summary>
    public static WireWriter Ack(WireFormat format, long serial, IReadOnlyList<string?> serials)
    {
        var writer = Begin(format, ProtocolAction.Ack).Name("msgSerial"u8).Number(serial).Name("count"u8).Number(1);
        writer.Name("res"u8).StartArray().StartMap().Name("serials"u8).StartArray();
        foreach (var one in serials)
        {
            if (one is null) writer.Null();
            else writer.Text(one);
        }
        return writer.End().End().End().End();
    }

    public static WireWriter Attached(
        WireFormat format, string channel, string serial, Flags flags, IReadOnlyDictionary<string, string> parameters, AblyError? error)
    {
        var writer = Begin(format, ProtocolAction.Attached).Name("channel"u8).Text(channel);
        writer.Name("channelSerial"u8).Text(serial).Name("flags"u8).Number((int)flags);
        if (parameters.Count > 0)
        {
            writer.Name("params"u8).StartMap();
            foreach (var (name, value) in parameters) writer.Name(System.Text.Encoding.UTF8.GetBytes(name)).Text(value);
            writer.End();
        }
        if (error is not null) error.Write(writer.Name("error"u8));
        return writer.End();
    }

    /// <summary>As a frame that goes before all else, or last.</summary>
    public static byte[] Whole(WireWriter writer)
    {
        var frame = ToFrame(writer);
        var whole = frame.Span.ToArray();
        frame.Release();
        return whole;
    }

    public static Frame ToFrame(WireWriter writer) => DoorKit.Encode(TypeOf(writer.Format), writer.Written);

    public static MessageType TypeOf(WireFormat format) => format == WireFormat.Json ? MessageType.Text : MessageType.Binary;

    private static WireWriter Ending(WireFormat format, ProtocolAction action, AblyError? error, string? channel)
    {
        var writer = Begin(format, action);
        if (channel is not null) writer.Name("channel"u8).Text(channel);
        if (error is not null) error.Write(writer.Name("error"u8));
        return writer.End();
    }
}
