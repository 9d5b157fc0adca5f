namespace Kodama.Bench.Load;

/// <summary>How an application's text is put into WebSocket messages, and where one message ends.</summary>
internal abstract class WireProtocol
{
    public static WireProtocol Of(string name) => name == "signalr" ? new SignalRProtocol() : new RawProtocol();

    /// <summary>Ends each message within the stream of payloads; without it a WebSocket message is a message.</summary>
    public virtual byte? Separator => null;

    /// <summary>The first thing to say once the handshake is done. The server's first message answers it.</summary>
    public virtual ReadOnlySpan<byte> Hello => default;

    public virtual ReadOnlySpan<byte> Prefix => default;

    public virtual ReadOnlySpan<byte> Suffix => default;
}

internal sealed class RawProtocol : WireProtocol;

/// <summary>SignalR's JSON protocol: Send(text), which comes back as "message".</summary>
internal sealed class SignalRProtocol : WireProtocol
{
    public override byte? Separator => 0x1e;

    public override ReadOnlySpan<byte> Hello => "{\"protocol\":\"json\",\"version\":1}\u001e"u8;

    public override ReadOnlySpan<byte> Prefix => "{\"type\":1,\"target\":\"Send\",\"arguments\":[\""u8;

    public override ReadOnlySpan<byte> Suffix => "\"]}\u001e"u8;
}
