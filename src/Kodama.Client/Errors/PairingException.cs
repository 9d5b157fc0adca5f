namespace Kodama.Client;

/// <summary>A device and a hub did not show each other that they mean the same.</summary>
public sealed class PairingException : KodamaClientException
{
    internal PairingException(string message)
        : base(message)
    {
    }
}
