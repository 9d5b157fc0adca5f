namespace Kodama.Client;

/// <summary>A message was to be sent while there was no connection, or the connection broke meanwhile: then it may have arrived or
/// not.</summary>
public sealed class NotConnectedException : KodamaClientException
{
    internal NotConnectedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
