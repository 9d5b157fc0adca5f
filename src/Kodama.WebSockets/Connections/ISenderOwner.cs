namespace Kodama.WebSockets;

/// <summary>Who is told how the sending half of a connection gets on.</summary>
internal interface ISenderOwner
{
    /// <summary>The close frame has gone out: nothing follows it.</summary>
    void OnCloseSent();

    /// <summary>The transport broke, and is disposed.</summary>
    void OnBroken();

    /// <summary>
    /// After a <see cref="FrameSender.TryFinish"/> that answered false: all is sent, or nothing can be sent any more. Any thread.
    /// </summary>
    void OnFinished();
}
