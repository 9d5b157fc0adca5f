namespace Kodama.Client;

/// <summary>What went wrong between a client and its hub; the message says what, and what to do.</summary>
public abstract class KodamaClientException : Exception
{
    private protected KodamaClientException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether trying again can help. If not, a client ends whatever its <see cref="ReconnectStrategy"/> says.</summary>
    public virtual bool ShouldReconnect => true;
}
