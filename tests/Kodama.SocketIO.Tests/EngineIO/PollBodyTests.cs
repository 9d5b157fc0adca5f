namespace Kodama.SocketIO.Tests;

public class PollBodyTests
{
    private static readonly Payload Mixed = Payload.Arguments(
        "[\"€\",{\"_placeholder\":true,\"num\":0}]"u8.ToArray(), [new byte[] { 1, 2 }]);

    [Fact]
    public void V4_Frames_AreRecords()
    {
        using var body = new PollBody(EngineVersion.V4, takesBytes: true);
        body.Add(Encode(EngineFormat.WebSocket, "hello", Mixed));
        body.Add(EnginePacketType.Ping);

        Assert.Equal("text/plain; charset=UTF-8", body.Finish(jsonp: null));
        Assert.Equal(
            "42[\"m\",\"hello\"]\u001e451-[\"m\",\"€\",{\"_placeholder\":true,\"num\":0}]\u001ebAQI=\u001e2", Bytes.Text(body.Memory));
    }

    [Fact]
    public void V4_Jsonp_IsAScript()
    {
        using var body = new PollBody(EngineVersion.V4, takesBytes: true);
        body.Add(EnginePacketType.Noop);
        body.Add(EnginePacketType.Close);

        Assert.Equal("text/javascript; charset=UTF-8", body.Finish("3"));
        Assert.Equal("___eio[3](\"6\\u001e1\");", Bytes.Text(body.Memory));
    }

    // Every form that the length of a frame has.
    [Theory]
    [InlineData(0)]
    [InlineData(110)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void Frames_OfAnyLength_AreFound(int length)
    {
        using var body = new PollBody(EngineVersion.V4, takesBytes: true);
        var text = new string('x', length);
        body.Add(Encode(EngineFormat.WebSocket, text, Payload.Binary(new byte[length]), text));

        body.Finish(jsonp: null);

        var packets = Bytes.Text(body.Memory).Split('\u001e');
        var expected = $"42[\"m\",\"{text}\"]";
        Assert.Equal([expected, packets[1], "b" + Convert.ToBase64String(new byte[length]), expected], packets);
    }

    private static byte[] Encode(EngineFormat format, params Payload[] payloads)
    {
        var bytes = new List<byte>();
        foreach (var payload in payloads)
        {
            var frame = PacketFrame.Encode(OutgoingPacket.ForEvent("/"u8.ToArray(), "m", payload), format);
            bytes.AddRange(frame.Span);
            frame.Release();
        }
        return [.. bytes];
    }
}
