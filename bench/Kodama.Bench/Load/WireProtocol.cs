namespace Kodama.Bench.Load;

/// <summary>How an application's text is put into WebSocket messages, and where one message ends.</summary>
internal abstract class WireProtocol
{
    /// <summary>The number of a connection's first message, where messages carry one: of ten digits, as all that follow.</summary>
    public const long FirstNumber = 1_000_000_000;

    public static WireProtocol Of(string name) => name switch
    {
        "signalr" => new SignalRProtocol(),
        "sio" => new SocketIOProtocol(),
        "pusher" => new PusherProtocol(),
        "ably" => new AblyProtocol(),
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

    /// <summary>Where in <see cref="Prefix"/> the message's number stands; -1 for nowhere.</summary>
    public virtual int NumberAt => -1;

    /// <summary>A message that holds nothing of the application: what to answer, and whether the greeting is over.</summary>
    public virtual (byte[]? Answer, bool IsReady) OnOwn(ReadOnlySpan<byte> message) => (null, false);

    /// <summary>Which message of the connection's, counted from 0, the server says that it has; null for none.</summary>
    public virtual uint? AcknowledgedBy(ReadOnlySpan<byte> message) => null;

    /// <summary>What takes a connection into a room, where the address does not.</summary>
    public virtual byte[] Join(string room) => throw new LoadException($"This protocol knows no way into room {room} but an address.");
}
