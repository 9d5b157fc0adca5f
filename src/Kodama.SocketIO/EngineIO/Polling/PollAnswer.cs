namespace Kodama.SocketIO;

/// <summary>What a GET gets.</summary>
internal enum PollAnswer : byte
{
    /// <summary>Nothing yet.</summary>
    Wait,

    /// <summary>What waits for the session.</summary>
    Packets,

    /// <summary><c>6</c>: it is let go, without anything to tell.</summary>
    Noop,

    /// <summary><c>1</c>: the session has ended, or ends so.</summary>
    Close,

    /// <summary><c>6</c> and <c>1</c>: node's answer where the GET came after the close.</summary>
    NoopAndClose,
}
