namespace Kodama.Ably;

/// <summary>
/// How frames of what happens in a channel begin: with what the room gives under its lock, in places of a fixed width, to be filled in
/// then.
/// <code>
/// {"action":15,"id":SERIAL,"channelSerial":SERIAL,"timestamp":TIME,"messages":[{"serial":SERIAL, ...
/// {"action":15,"id":SERIAL,"channelSerial":SERIAL,"timestamp":TIME,"messages":[{"version":{"serial":SERIAL,"timestamp":TIME, ...   (an
/// edit)
/// {"action":21,"id":SERIAL,"channelSerial":SERIAL,"timestamp":TIME,"annotations":[{"serial":SERIAL, ...
/// {"action":14,"id":SERIAL,"channelSerial":SERIAL,"timestamp":TIME,"presence":[{ ...
/// </code>
/// </summary>
internal sealed class FrameHead
{
    // An epoch of usual length, by which places are measured.
    private const string Measure = "AAAAAAAAAAAA";

    // Where nobody measures.
    private static readonly FrameHead Nowhere = new();

    private static readonly FrameHead[] Json = MeasureAll(WireFormat.Json);
    private static readonly FrameHead[] MessagePack = MeasureAll(WireFormat.MessagePack);

    private int actionAt;
    private int idAt;
    private int channelAt;
    private int timeAt;
    private int innerNameAt;
    private int innerAt;
    private int innerTimeAt;

    private FrameHead()
    {
    }

    private enum Kind
    {
        Message,
        Edit,
        Annotation,
        Presence,
    }

    /// <summary>Begins a frame with one message of the channel, whose map is open then, of an edit that of its version.</summary>
    /// <param name="writer">Where.</param>
    /// <param name="action">Message, presence or annotation.</param>
    /// <param name="isEdit">Whether it changes a message.</param>
    /// <param name="epoch">Of the room.</param>
    /// <param name="offset">Its place, or 0 for one that is filled in.</param>
    /// <param name="time">Likewise.</param>
    public static void Start(WireWriter writer, ProtocolAction action, bool isEdit, string epoch, long offset, DateTimeOffset time)
    {
        var kind = KindOf(action, isEdit);
        Start(writer, kind, epoch, measured: null);
        if (offset > 0) Of(writer.Format)[(int)kind].Fill(writer.Open, writer.Format, kind, Serial.Width(epoch), offset, time);
    }

    /// <summary>Fills in the places of a frame's payload.</summary>
    public static void Place(Span<byte> payload, WireFormat format, long offset, DateTimeOffset time)
    {
        var heads = Of(format);
        var action = format == WireFormat.Json
            ? (10 * (payload[heads[0].actionAt] - '0')) + payload[heads[0].actionAt + 1] - '0'
            : payload[heads[0].actionAt];
        var kind = KindOf((ProtocolAction)action, isEdit: false);
        // Up to the quotation mark; or as the head of the text says.
        var idAt = heads[(int)kind].idAt;
        var width = format == WireFormat.Json ? payload[idAt..].IndexOf((byte)'"') : payload[idAt - 1];
        if (kind == Kind.Message && payload[heads[0].innerNameAt + (2 * (width - Serial.Width(Measure)))] == (byte)'v') kind = Kind.Edit;
        heads[(int)kind].Fill(payload, format, kind, width, offset, time);
    }

    private static FrameHead[] Of(WireFormat format) => format == WireFormat.Json ? Json : MessagePack;

    private static Kind KindOf(ProtocolAction action, bool isEdit) => action switch
    {
        ProtocolAction.Presence => Kind.Presence,
        ProtocolAction.Annotation => Kind.Annotation,
        _ => isEdit ? Kind.Edit : Kind.Message,
    };

    private static FrameHead[] MeasureAll(WireFormat format)
    {
        var heads = new FrameHead[4];
        foreach (var kind in Enum.GetValues<Kind>())
        {
            using var writer = WireWriter.Rent(format);
            Start(writer, kind, Measure, heads[(int)kind] = new FrameHead());
        }
        return heads;
    }

    private static void Start(WireWriter writer, Kind kind, string epoch, FrameHead? measured)
    {
        measured ??= Nowhere;
        var action = kind switch
        {
            Kind.Presence => ProtocolAction.Presence,
            Kind.Annotation => ProtocolAction.Annotation,
            _ => ProtocolAction.Message,
        };
        writer.StartMap().Name("action"u8);
        measured.actionAt = writer.Written.Length;
        writer.Number((int)action).Name("id"u8);
        measured.idAt = SerialHole(writer, epoch);
        writer.Name("channelSerial"u8);
        measured.channelAt = SerialHole(writer, epoch);
        writer.Name("timestamp"u8);
        measured.timeAt = writer.TimeHole();
        writer.Name(kind switch { Kind.Presence => "presence"u8, Kind.Annotation => "annotations"u8, _ => "messages"u8 });
        writer.StartArray().StartMap();
        measured.innerNameAt = writer.Written.Length + 1;
        if (kind == Kind.Presence) return;
        if (kind == Kind.Edit) writer.Name("version"u8).StartMap();
        writer.Name("serial"u8);
        measured.innerAt = SerialHole(writer, epoch);
        if (kind != Kind.Edit) return;
        writer.Name("timestamp"u8);
        measured.innerTimeAt = writer.TimeHole();
    }

    private static int SerialHole(WireWriter writer, string epoch)
    {
        var at = writer.Hole(Serial.Width(epoch));
        Serial.Write(writer.Open[at..], epoch, 0, DateTimeOffset.UnixEpoch);
        return at;
    }

    private void Fill(Span<byte> payload, WireFormat format, Kind kind, int width, long offset, DateTimeOffset time)
    {
        var longer = width - Serial.Width(Measure);
        Serial.Fill(payload[idAt..], offset, time);
        var written = payload.Slice(idAt, width);
        written.CopyTo(payload[(channelAt + longer)..]);
        WireWriter.FillTime(payload[(timeAt + (2 * longer))..], format, time.ToUnixTimeMilliseconds());
        if (kind != Kind.Presence) written.CopyTo(payload[(innerAt + (2 * longer))..]);
        if (kind == Kind.Edit) WireWriter.FillTime(payload[(innerTimeAt + (3 * longer))..], format, time.ToUnixTimeMilliseconds());
    }
}
