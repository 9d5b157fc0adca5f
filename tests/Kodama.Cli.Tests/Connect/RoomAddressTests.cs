using Kodama.Cli.Connect;

namespace Kodama.Cli.Tests.Connect;

public sealed class RoomAddressTests
{
    [Theory]
    [InlineData("192.168.1.20", "http://192.168.1.20:8080/ws", null)]
    [InlineData("http://hub:8080/?token=x", "http://hub:8080/ws?token=x", null)]
    [InlineData("ws://hub:8080/ws/tea%20room?seat=12", "http://hub:8080/ws?seat=12", "tea room")]
    [InlineData("wss://hub/realtime/ws", "https://hub/realtime/ws", null)]
    [InlineData("https://hub/realtime/ws/tea", "https://hub/realtime/ws", "tea")]
    public void Address_OfAHub_IsItsSocketAndRoom(string text, string socket, string? room)
    {
        var address = RoomAddress.TryParse(text);

        Assert.Equal((new Uri(socket), room), (address!.Socket, address.Room));
    }

    [Theory]
    [InlineData("Lounge")]
    [InlineData("ws://server/chat")]
    [InlineData("ws://server/chat/tea")]
    [InlineData("ws://hub:8080/ws/tea?kodama.rewind=5")]
    public void Address_OfAnotherDoorOrNone_IsNotForRooms(string text) => Assert.Null(RoomAddress.TryParse(text));
}
