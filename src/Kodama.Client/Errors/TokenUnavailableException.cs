namespace Kodama.Client;

/// <summary>The program's <see cref="KodamaConnectionOptions.TokenProvider"/> has failed, or has given what can be no token.</summary>
public sealed class TokenUnavailableException : KodamaClientException
{
    internal TokenUnavailableException(Exception innerException)
        : base($"There is no token to connect with: {innerException.Message}", innerException)
    {
    }
}
