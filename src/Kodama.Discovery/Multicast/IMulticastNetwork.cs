namespace Kodama.Discovery;

/// <summary>The links of this machine, as they come and go.</summary>
internal interface IMulticastNetwork : IAsyncDisposable
{
    /// <summary>Opens what there is, telling the listener of each link before this returns, and follows the changes until disposed.
    /// Once.</summary>
    void Start(IMulticastListener listener);
}
