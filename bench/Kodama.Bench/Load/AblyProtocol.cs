using System.Buffers.Text;
using System.Text;

namespace Kodama.Bench.Load;

/// <summary>Ably's realtime protocol in JSON: everybody attached to one channel, and told of others' messages alone.</summary>
internal sealed class AblyProtocol : WireProtocol
{
    public const string Key = "bench.key1:garden-secret";

    public const string Path = $"/?v=6&format=json&echo=false&key={Key}";

    private static readonly byte[] Attach = """{"action":10,"channel":"bench"}"""u8.ToArray();

    public override bool Greets => true;

    public override ReadOnlySpan<byte> Prefix =>
        "{\"action\":15,\"channel\":\"bench\",\"msgSerial\":1000000000,\"messages\":[{\"name\":\"m\",\"data\":\""u8;

    public override ReadOnlySpan<byte> Suffix => "\"}]}"u8;

    public override int NumberAt => Prefix.IndexOf("1000000000"u8);

    public override (byte[]? Answer, bool IsReady) OnOwn(ReadOnlySpan<byte> message)
    {
        if (message.StartsWith("{\"action\":4,"u8)) return (Attach, false);
        if (message.StartsWith("{\"action\":11,"u8)) return (null, true);
        // DISCONNECTED, ERROR and NACK.
        if (message.StartsWith("{\"action\":6"u8) || message.StartsWith("{\"action\":9,"u8) || message.StartsWith("{\"action\":2,"u8))
            throw new LoadException($"The server refused a client: {Encoding.UTF8.GetString(message)}");
        return (null, false);
    }

    public override uint? AcknowledgedBy(ReadOnlySpan<byte> message)
    {
        var head = "{\"action\":1,\"msgSerial\":"u8;
        return message.StartsWith(head) && Utf8Parser.TryParse(message[head.Length..], out long serial, out _)
            ? (uint)(serial - FirstNumber)
            : null;
    }
}
