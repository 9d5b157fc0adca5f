using System.Buffers.Binary;

namespace Kodama.Hostile.Tests.Http2;

/// <summary>A frame of HTTP/2 (RFC 9113 section 4.1): length (24), type (8), flags (8), stream (31), payload.</summary>
internal sealed record Http2Frame(byte Type, byte Flags, int StreamId, byte[] Payload)
{
    public const int HeadSize = 9;

    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Priority = 2;
    public const byte Reset = 3;
    public const byte SettingsType = 4;
    public const byte PushPromise = 5;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;

    public const byte EndStream = 1;
    public const byte Acknowledge = 1;
    public const byte EndHeaders = 4;
    public const byte Padded = 8;

    public const ushort HeaderTableSize = 1;
    public const ushort InitialWindowSize = 4;

    public bool IsAcknowledgement => (Flags & Acknowledge) != 0;

    /// <summary>Entry 8 of HPACK's static table, behind updates of the table's size.</summary>
    public bool IsStatus200 => Payload.SkipWhile(b => (b & 0xE0) == 0x20).FirstOrDefault() == 0x88;

    public static byte[] Of(byte type, byte flags, int streamId, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeadSize + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame.AsSpan(HeadSize));
        return frame;
    }

    public static byte[] Settings(params (ushort Id, uint Value)[] settings)
    {
        var payload = new byte[settings.Length * 6];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(i * 6), settings[i].Id);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(i * 6 + 2), settings[i].Value);
        }
        return Of(SettingsType, 0, 0, payload);
    }

    public static byte[] Number(byte type, int streamId, uint value)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, value);
        return Of(type, 0, streamId, payload);
    }
}
