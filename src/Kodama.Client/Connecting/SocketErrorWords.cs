using System.Net.Sockets;

namespace Kodama.Client.Connecting;

/// <summary>Why no connection came about, and what to do.</summary>
internal static class SocketErrorWords
{
    public static string Of(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "nothing listens on that port. Is the hub running, and is this its port?",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery =>
            "no such host is known. Is the name spelled right?",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown =>
            "no way leads there. Are both on the same network?",
        SocketError.TimedOut => "it does not answer. Is it on, on the same network, and not behind a firewall?",
        SocketError.ConnectionReset => "it closed the connection.",
        SocketError.AccessDenied => "this machine does not allow it. Does a firewall forbid it?",
        _ => exception.Message,
    };
}
