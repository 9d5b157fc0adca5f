namespace Kodama.SocketIO;

/// <summary>How a session's packets travel.</summary>
internal enum EngineTransport : byte
{
    /// <summary>HTTP long-polling.</summary>
    Polling,

    /// <summary>A WebSocket, from the beginning or after an upgrade.</summary>
    WebSocket,
}

internal static class EngineTransportNames
{
    /// <summary>As in the query parameter <c>transport</c>.</summary>
    public static string Name(this EngineTransport transport) => transport == EngineTransport.Polling ? "polling" : "websocket";
}
