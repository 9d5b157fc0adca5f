using System.Globalization;

namespace Kodama.Client;

/// <summary>As much as may waits to be acknowledged already, and <see cref="PublishFullMode.Throw"/> was asked for. Nothing was
/// sent.</summary>
public sealed class PublishQueueFullException : KodamaClientException
{
    internal PublishQueueFullException(int count, long bytes)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} publications of {bytes} bytes wait to be acknowledged already (PublishCapacity, PublishBytes): await some of them."))
    {
    }
}
