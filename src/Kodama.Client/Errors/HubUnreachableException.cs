namespace Kodama.Client;

/// <summary>Nothing answers at the hub's address.</summary>
public sealed class HubUnreachableException : KodamaClientException
{
    internal HubUnreachableException(string address, string reason, Exception? innerException = null)
        : base($"Cannot reach {address}: {reason}", innerException)
    {
        Address = address;
        Reason = reason;
    }

    /// <summary>What was tried: <c>192.168.1.20:8080</c>, or several of them.</summary>
    public string Address { get; }

    /// <summary>The cause in words for people.</summary>
    public string Reason { get; }
}
