namespace Kodama.Bench.Load;

internal enum LoadMode
{
    /// <summary>Every connection sends, waits for its own message to come back, and sends again.</summary>
    Echo,

    /// <summary>Publishers send at a given rate; every subscriber of their room receives.</summary>
    Fanout,

    /// <summary>Publishers send at a given rate; the server tells each of them that it has each.</summary>
    Acks,

    /// <summary>Connections open, stay and say nothing.</summary>
    Idle,

    /// <summary>As echo, over HTTP long-polling: a GET that waits, and a POST for each message.</summary>
    Polling,

    /// <summary>Requests over HTTP publish to a room in which nobody is.</summary>
    Publish,

    /// <summary>A crowd in a room of kodama.v1 that keeps messages is cut off, and resumes while others speak.</summary>
    Resume,

    /// <summary>A crowd joins a room of kodama.v1 with the last messages, beside the same messages as they happen.</summary>
    Join,
}
