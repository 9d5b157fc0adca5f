namespace Kodama.Server;

/// <summary>What a route of <c>MapWebSocket</c> accepts. Time limits are those of <see cref="KodamaOptions"/>.</summary>
public sealed class WebSocketChannelOptions
{
    /// <summary>Subprotocols that the handler speaks; the first of the client's that is among them is agreed on. Empty: none is.</summary>
    public IList<string> Subprotocols { get; } = [];

    /// <summary>Largest message in bytes. Null: <see cref="KodamaOptions.MaxMessageSize"/>.</summary>
    public int? MaxMessageSize { get; set; }

    /// <summary>Messages that wait for the handler to read them; with one more the connection reads no further. Default 16.</summary>
    public int MaxUnread { get; set; } = 16;

    /// <summary>Bytes of such messages; with more the connection reads no further. Default 256 KiB.</summary>
    public int MaxUnreadBytes { get; set; } = 256 * 1024;

    /// <summary>Bytes that wait to be sent before <see cref="WebSocketChannel.SendAsync"/> waits too. Default 1 MiB.</summary>
    public int MaxUnsentBytes { get; set; } = 1024 * 1024;
}
