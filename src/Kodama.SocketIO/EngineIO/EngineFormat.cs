namespace Kodama.SocketIO;

/// <summary>How packets lie on the wire of a transport. All end themselves, so that those of several packets can be put one after
/// another.</summary>
internal enum EngineFormat : byte
{
    /// <summary>Each packet a WebSocket frame; binary data as it is.</summary>
    WebSocket,

    /// <summary>Each packet a WebSocket frame; binary data after its type as an octet.</summary>
    WebSocketV3,

    /// <summary>Each packet followed by a record separator, the last of which a response leaves out; binary data as base64.</summary>
    Polling,

    /// <summary>Each packet after its length in characters; binary data as base64. Every v3 client can read it.</summary>
    PollingV3,

    /// <summary>Each packet after its length in bytes, for a response of <c>application/octet-stream</c>.</summary>
    PollingV3Binary,
}
