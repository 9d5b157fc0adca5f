namespace Kodama.Client;

/// <summary>What answered does not speak as a hub does, or sent more than this client takes.</summary>
public sealed class HubProtocolException : KodamaClientException
{
    private readonly bool connecting;

    internal HubProtocolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
        connecting = true;
    }

    internal HubProtocolException(int closeCode, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        CloseCode = closeCode;
    }

    /// <summary>With what the connection was closed (RFC 6455 section 7.4.1): 1002, 1007 or 1009; null when the handshake failed.</summary>
    public int? CloseCode { get; }

    /// <inheritdoc/>
    // Something else may have had the port for a while; a hub that breaks the protocol does so again.
    public override bool ShouldReconnect => connecting;
}
