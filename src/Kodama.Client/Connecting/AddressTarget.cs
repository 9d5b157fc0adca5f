using System.Runtime.CompilerServices;

namespace Kodama.Client.Connecting;

/// <summary>A hub that is where it is.</summary>
internal sealed class AddressTarget(Uri address, string? room) : HubTarget
{
    private readonly HubCandidate only = new([HubAddress.Endpoint(address, room)], Fingerprint: null);

    public override string Key => address.Authority;

    public override async IAsyncEnumerable<HubCandidate> FindAsync(
        bool again, bool isPinned, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return only;
    }
}
