using System.Text;

namespace Kodama.Bench.Load;

/// <summary>Socket.IO protocol 5 over Engine.IO 4, in the main namespace: event "message" with a string.</summary>
internal sealed class SocketIOProtocol : WireProtocol
{
    /// <summary>Between the packets of a polling body.</summary>
    public const byte PacketSeparator = 0x1e;

    private static readonly byte[] Connect = "40"u8.ToArray();
    private static readonly byte[] Pong = "3"u8.ToArray();

    public override bool Greets => true;

    public override ReadOnlySpan<byte> Prefix => "42[\"message\",\""u8;

    public override ReadOnlySpan<byte> Suffix => "\"]"u8;

    public override (byte[]? Answer, bool IsReady) OnOwn(ReadOnlySpan<byte> message) => message switch
    {
        [(byte)'0', ..] => (Connect, false),
        [(byte)'2', ..] => (Pong, false),
        [(byte)'4', (byte)'0', ..] => (null, true),
        [(byte)'4', (byte)'4', ..] => throw new LoadException($"The server refused a socket: {Encoding.UTF8.GetString(message)}"),
        _ => (null, false),
    };

    public override byte[] Join(string room) => Encoding.UTF8.GetBytes($"42[\"join\",\"{room}\"]");
}
