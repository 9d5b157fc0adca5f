using Microsoft.AspNetCore.SignalR;

namespace Kodama.Bench.SignalR;

internal sealed record RelayMode(bool Echo);

/// <summary>Send(text) reaches the others as "message": all of them, or those who came with the same ?room=.</summary>
internal sealed class RelayHub(RelayMode mode) : Hub
{
    private string? Room => Context.Items["room"] as string;

    public override async Task OnConnectedAsync()
    {
        if (Context.GetHttpContext()?.Request.Query["room"].FirstOrDefault() is { } room)
        {
            Context.Items["room"] = room;
            await Groups.AddToGroupAsync(Context.ConnectionId, room);
        }
    }

    public Task Send(string message) => Receivers().SendAsync("message", message);

    private IClientProxy Receivers() => (mode.Echo, Room) switch
    {
        (true, null) => Clients.All,
        (true, { } room) => Clients.Group(room),
        (false, null) => Clients.Others,
        (false, { } room) => Clients.OthersInGroup(room),
    };
}
