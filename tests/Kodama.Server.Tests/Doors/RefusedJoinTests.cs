using System.Net;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>What a client is told, by each door, whom the rules of a room do not let in.</summary>
public sealed class RefusedJoinTests
{
    private const string Reason = "The tea room is for members: ask at the counter.";

    [Fact]
    public async Task RawClient_IsClosedWithTheReason()
    {
        await using var hub = await StartAsync();
        await using var client = await hub.ConnectAsync("/ws/tea");

        Assert.Equal((3000, Reason), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task V1Client_GetsItWithTheCode()
    {
        await using var hub = await StartAsync();
        await using var client = await V1Client.GreetAsync(hub);

        var answer = await client.AskAsync(new { type = "join", room = "tea" });

        Assert.Equal(("NOT_ALLOWED", Reason), (answer.GetProperty("code").GetString(), answer.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Reader_OfAnEventStream_GetsItWithTheCode()
    {
        await using var hub = await StartAsync();

        using var answer = await hub.Client.GetAsync(new Uri("/api/rooms/tea/events", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(
            $$$"""{"error":{"code":"NOT_ALLOWED","message":"{{{Reason}}}","statusCode":403}}""",
            await answer.Content.ReadAsStringAsync().Within());
    }

    private static Task<TestHub> StartAsync() => TestHub.StartAsync(o => o.Rules.Grant((_, room, _) => room == "tea"
        ? RoomVerdict.Refuse(Reason)
        : RoomRights.All));
}
