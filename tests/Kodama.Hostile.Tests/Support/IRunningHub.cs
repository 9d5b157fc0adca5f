namespace Kodama.Hostile.Tests;

/// <summary>A hub that runs as a process of its own, on this machine or on a host of a laboratory.</summary>
internal interface IRunningHub : IAsyncDisposable
{
    Uri Address { get; }

    bool IsAlive { get; }

    HubMemory Memory { get; }

    /// <summary>All that it has written.</summary>
    string Printed { get; }
}
