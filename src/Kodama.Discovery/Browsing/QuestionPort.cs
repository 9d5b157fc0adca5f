namespace Kodama.Discovery;

/// <summary>Whence a question leaves.</summary>
[Flags]
internal enum QuestionPort
{
    None = 0,

    /// <summary>From a port of the browser's own: answered by unicast and at once (RFC 6762 section 6.7).</summary>
    Own = 1,

    /// <summary>From 5353: answered by multicast, which all others on the link hear too.</summary>
    Multicast = 2,

    Both = Own | Multicast,
}
