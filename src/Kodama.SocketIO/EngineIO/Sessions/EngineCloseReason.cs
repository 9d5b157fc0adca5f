namespace Kodama.SocketIO;

/// <summary>Why a session has ended.</summary>
internal enum EngineCloseReason : byte
{
    /// <summary>The client closed, or vanished.</summary>
    TransportClose,

    /// <summary>The client broke the rules of its transport, or gave up a request that others wait for.</summary>
    TransportError,

    /// <summary>The client answered no ping.</summary>
    PingTimeout,

    /// <summary>What the client sent is no Engine.IO.</summary>
    ParseError,

    /// <summary>This side closed.</summary>
    ForcedClose,

    /// <summary>The hub stops.</summary>
    ServerShuttingDown,
}

internal static class EngineCloseReasonTexts
{
    /// <summary>Node's text.</summary>
    public static string Text(this EngineCloseReason reason) => reason switch
    {
        EngineCloseReason.TransportClose => "transport close",
        EngineCloseReason.TransportError => "transport error",
        EngineCloseReason.PingTimeout => "ping timeout",
        EngineCloseReason.ParseError => "parse error",
        EngineCloseReason.ForcedClose => "forced close",
        _ => "server shutting down",
    };
}
