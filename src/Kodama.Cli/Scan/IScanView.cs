using Kodama.Discovery;

namespace Kodama.Cli.Scan;

/// <summary>A way to show what a scan finds.</summary>
internal interface IScanView
{
    /// <summary>Shows each change when it comes, until there are no more. Answers how many hubs were found.</summary>
    Task<int> ShowAsync(IAsyncEnumerable<HubChange> changes);
}
