namespace Kodama.Client;

/// <summary>The wait for an acknowledgement was cancelled.</summary>
public sealed class PublishCanceledException : OperationCanceledException
{
    internal PublishCanceledException(bool wasSent, CancellationToken cancellationToken)
        : base(
            wasSent
                ? "The wait was cancelled: what was to be published has been sent, and may be there or not. It is not sent again."
                : "The wait was cancelled before anything was sent: it is not published.",
            cancellationToken)
    {
        WasSent = wasSent;
    }

    /// <summary>Whether it may be there. False: it is not, and will not be.</summary>
    public bool WasSent { get; }
}
