using Kodama.Cli.Connect;

namespace Kodama.Cli.Tests.Connect;

public sealed class SocketPlaceTests
{
    [Theory]
    [InlineData("ws://hub:8080/ws", false, "http://hub:8080/", null)]
    [InlineData("ws://hub:8080/ws/tea%20room", true, "http://hub:8080/", "tea room")]
    [InlineData("ws://hub:8080/ws/tea", false, "http://hub:8080/", "tea")]
    [InlineData("ws://hub:8080/ws/ws", true, "http://hub:8080/", "ws")]
    [InlineData("wss://hub/realtime/ws", false, "https://hub/realtime/", null)]
    [InlineData("wss://hub/a/b/ws/tea?token=x", true, "https://hub/a/b/", "tea")]
    public void Of_Socket_IsBaseAndRoom(string socket, bool hasRoom, string expected, string? room)
    {
        var place = SocketPlace.Of(new Uri(socket), hasRoom);

        Assert.Equal((new Uri(expected), room), (place.Base, place.Room));
    }
}
