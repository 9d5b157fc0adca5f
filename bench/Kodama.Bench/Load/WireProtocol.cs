namespace Kodama.Bench.Load;

/// <summary>How an application's text is put into WebSocket messages, and where one message ends.</summary>
internal abstract class WireProtocol
{
    public static WireProtocol Of(string name) => name switch
    {
        "signalr" => new SignalRProtocol(),
        "sio" => new SocketIOProtocol(),
        "pusher" => new PusherProtocol(),
        _ => new RawProtocol(),
    };

    /// <summary>Ends each message within the stream of payloads; without it a WebSocket message is a message.</summary>
    public virtual byte? Separator => null;

    /// <summary>Whether more than the WebSocket's handshake is needed before anything can be published.</summary>
    public virtual bool Greets => false;

    /// <summary>The first thing to say once the WebSocket's handshake is done.</summary>
    public virtual ReadOnlySpan<byte> Hello => default;

    public virtual ReadOnlySpan<byte> Prefix => default;

    public virtual ReadOnlySpan<byte> Suffix => default;

    /// <summary>A message that holds nothing of the application: what to answer, and whether the greeting is over.</summary>
    public virtual (byte[]? Answer, bool IsReady) OnOwn(ReadOnlySpan<byte> message) => (null, false);

    /// <summary>What takes a connection into a room, where the address does not.</summary>
    public virtual byte[] Join(string room) => throw new LoadException($"This protocol knows no way into room {room} but an address.");
}
