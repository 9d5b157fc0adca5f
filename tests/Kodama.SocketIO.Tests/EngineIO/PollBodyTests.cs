namespace Kodama.SocketIO.Tests;

public class PollBodyTests
{
    [Fact]
    public void V4_Frames_AreRecords()
    {
        using var body = new PollBody(EngineVersion.V4, takesBytes: true);
        body.Add([.. Text("€"), .. Binary([1, 2])]);
        body.Add(Text("b"));
        body.Add(EnginePacketType.Ping);

        Assert.Equal("text/plain; charset=UTF-8", body.Finish(jsonp: null));
        Assert.Equal("4€\u001ebAQI=\u001e4b\u001e2", Bytes.Text(body.Memory));
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
    [InlineData(124)]
    [InlineData(125)]
    [InlineData(65_534)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void Frames_OfAnyLength_AreFound(int length)
    {
        using var body = new PollBody(EngineVersion.V4, takesBytes: true);
        var text = new string('x', length);
        body.Add([.. Text(text), .. Binary(new byte[length]), .. Text(text)]);

        body.Finish(jsonp: null);

        string[] expected = ["4" + text, "b" + Convert.ToBase64String(new byte[length]), "4" + text];
        Assert.Equal(expected, Bytes.Text(body.Memory).Split('\u001e'));
    }

    private static byte[] Text(string text) => EnginePacketWriter.Frame(EnginePacketType.Message, Bytes.Of(text));

    private static byte[] Binary(byte[] data)
    {
        var frame = new byte[EnginePacketWriter.BinarySize(EngineVersion.V4, data.Length)];
        EnginePacketWriter.WriteBinary(frame, EngineVersion.V4, data);
        return frame;
    }
}
