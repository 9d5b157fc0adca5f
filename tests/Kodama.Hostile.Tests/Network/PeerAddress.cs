using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Hostile.Tests.Network;

/// <summary>What a hub takes for the address of a client: what its rules by address go by.</summary>
internal static class PeerAddress
{
    public static async Task<string> OfNewAsync(Siege siege, Uri hub)
    {
        var room = Guid.NewGuid().ToString("N");
        await using var peer = await RawClient.ConnectAsync(hub);
        await peer.UpgradeAsync($"/ws/{room}");
        await using var asking = await siege.ConnectAsync();
        await asking.SendTextAsync($"GET /api/peers?room={room} HTTP/1.1\r\nHost: {asking.Authority}\r\n"
            + $"Authorization: Bearer {HubProcess.AdminToken}\r\n\r\n");
        var answer = JsonDocument.Parse((await asking.ReadResponseAsync())!.Body);
        return answer.RootElement.GetProperty("peers")[0].GetProperty("address").GetString()!;
    }
}
