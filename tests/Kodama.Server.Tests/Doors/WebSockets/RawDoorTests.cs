using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>The raw door keeps what all doors do.</summary>
public sealed class RawDoorTests : DoorContract
{
    private protected override DoorCapabilities Can => base.Can | DoorCapabilities.Rewind;

    private protected override string Door => "websocket";

    private protected override Task<DoorClient> ConnectAsync(Uri hub, string room) => RawDoorClient.ConnectAsync(hub, room);

    private protected override Task<DoorClient> RewindAsync(Uri hub, string room, int messages) =>
        RawDoorClient.ConnectAsync(hub, room, $"kodama.rewind={messages}");
}
