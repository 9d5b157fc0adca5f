namespace Kodama.SocketIO;

/// <summary>What carries a session's packets now. Members are thread-safe and never wait.</summary>
internal interface ISessionTransport
{
    EngineTransport Kind { get; }

    /// <summary>Whether a packet could go at once.</summary>
    bool IsWritable { get; }

    /// <summary>The session has something to send.</summary>
    void Flush();

    /// <summary>The session closes: what is left goes, and then the end.</summary>
    void Close();

    /// <summary>The session has ended: nothing is left to go, whoever waits is let go.</summary>
    void End(EngineCloseReason reason);
}
