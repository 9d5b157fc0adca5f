using System.Globalization;

namespace Kodama.Client;

/// <summary>More messages waited to be read than <see cref="KodamaClientOptions.MessageCapacity"/>, and <see cref="FullMode.Disconnect"/>
/// was asked for.</summary>
public sealed class MessagesFullException : KodamaClientException
{
    internal MessagesFullException(int capacity)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"{capacity} messages wait to be read already (MessageCapacity): read faster, or choose another FullMode."))
    {
    }

    /// <inheritdoc/>
    public override bool ShouldReconnect => false;
}
