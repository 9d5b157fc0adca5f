using System.Text.Json;

namespace Kodama.Server.Tests;

/// <summary>That what is filled into a frame under the room's lock is what would have been written.</summary>
public sealed class V1EncoderTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(10, 200)]
    [InlineData(long.MaxValue, 70_000)]
    public void Place_InAFrameOfAnySize_IsReadBack(long offset, int size)
    {
        var encoder = new V1Encoder();
        var room = Room();
        var message = new Message(null, room, "message", Payload.Of(new string('x', size)), DateTimeOffset.UnixEpoch);
        var frame = encoder.Encode(message);
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1764357725123);

        encoder.Place(frame.Span, offset, time);

        var json = Json(frame);
        Assert.Equal((offset, 1764357725123, size), (
            json.GetProperty("offset").GetInt64(), json.GetProperty("time").GetInt64(), json.GetProperty("text").GetString()!.Length));
        frame.Release();
    }

    [Fact]
    public void Mark_PlacedAnew_HasTheOffsetAndIsOtherwiseAsItWas()
    {
        var encoder = new V1Encoder();
        var room = Room();
        var frame = encoder.Encode(new RoomMark(room, new Position(room.Epoch, 0), IsLive: true));

        encoder.Place(frame.Span, 12, DateTimeOffset.UtcNow);

        Assert.Equal("""{"offset":                  12,"type":"mark","room":"lounge","live":true}""", Json(frame).GetRawText());
        frame.Release();
    }

    [Fact]
    public void Text_OfManyLanguages_StaysAsItIs()
    {
        var frame = new V1Encoder().Encode(new Message(null, Room(), "message", "木霊 <b>&'é\u0001", DateTimeOffset.UnixEpoch, 3));

        Assert.Contains("\"text\":\"木霊 <b>&'é\\u0001\"", Json(frame).GetRawText(), StringComparison.Ordinal);
        frame.Release();
    }

    private static Room Room()
    {
        var hub = new Hub();
        return hub.OpenRoom("lounge")!;
    }

    private static JsonElement Json(in Frame frame) => JsonDocument.Parse(V1Frames.JsonOf(frame.Span).ToArray()).RootElement;
}
