using System.Globalization;

namespace Kodama.Client;

/// <summary>An attempt to connect took longer than <see cref="KodamaConnectionOptions.ConnectTimeout"/>.</summary>
public sealed class ConnectTimeoutException : KodamaClientException
{
    internal ConnectTimeoutException(string step, TimeSpan timeout)
        : base(string.Create(CultureInfo.InvariantCulture, $"{step} took longer than {timeout.TotalSeconds:0.###} s (ConnectTimeout)."))
    {
        Timeout = timeout;
    }

    /// <summary>How long was waited.</summary>
    public TimeSpan Timeout { get; }
}
