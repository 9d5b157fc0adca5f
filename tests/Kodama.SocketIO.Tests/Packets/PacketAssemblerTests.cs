namespace Kodama.SocketIO.Tests;

public class PacketAssemblerTests
{
    private readonly PacketAssembler assembler = new(PacketLimits.Default with { MaxPacketSize = 200 });

    [Fact]
    public void Read_Attachments_MakeThePacketWhole()
    {
        var text = Bytes.Of("52-/a,7[\"m\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        var first = new byte[] { 1, 2 };
        Assert.Equal(AssemblyResult.NeedMore, assembler.Read(text, out _));
        text.AsSpan().Clear();
        Assert.Equal(AssemblyResult.NeedMore, assembler.ReadBinary(first, out _));
        first.AsSpan().Clear();
        Assert.Equal(AssemblyResult.Packet, assembler.ReadBinary(new byte[] { 3 }, out var packet));

        Assert.Equal(
            "Event /a #7 +2 m [{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]", PacketReaderTests.Print(packet));
        Assert.Equal(["0102", "03"], packet.Attachments.Select(a => Convert.ToHexString(a.Span)));
        Assert.Equal(AssemblyResult.Packet, assembler.Read(Bytes.Of("2[\"next\"]"), out _));
    }

    [Fact]
    public void Read_TextBeforeTheLastAttachment_IsAnError()
    {
        assembler.Read(Bytes.Of("51-[\"m\",{\"_placeholder\":true,\"num\":0}]"), out _);
        Assert.Equal(AssemblyResult.Error, assembler.Read(Bytes.Of("2[\"m\"]"), out _));
        Assert.Equal(PacketError.TextWithinBinary, assembler.Error);
    }

    [Fact]
    public void ReadBinary_NothingAnnounced_IsAnError()
    {
        assembler.Read(Bytes.Of("0"), out _);
        Assert.Equal(AssemblyResult.Error, assembler.ReadBinary(new byte[] { 1 }, out _));
        Assert.Equal(PacketError.UnexpectedBinary, assembler.Error);
    }

    [Theory]
    [InlineData(SocketIOParser.Any, "tt", "None None")]
    [InlineData(SocketIOParser.Any, "bb", "None None")]
    [InlineData(SocketIOParser.Any, "tb", "None UnexpectedBinary")]
    [InlineData(SocketIOParser.Any, "bt", "None OtherParser")]
    [InlineData(SocketIOParser.Json, "t", "None")]
    [InlineData(SocketIOParser.Json, "b", "UnexpectedBinary")]
    [InlineData(SocketIOParser.MessagePack, "b", "None")]
    [InlineData(SocketIOParser.MessagePack, "t", "OtherParser")]
    public void Parser_OfASession_IsThatOfItsFirstMessage(SocketIOParser parser, string messages, string errors)
    {
        var either = new PacketAssembler(PacketLimits.Default, parser);
        Assert.Equal(errors, string.Join(' ', messages.Select(message =>
        {
            var result = message == 't'
                ? either.Read(Bytes.Of("0"), out _)
                : either.ReadBinary(NotePack.Packet(PacketType.Connect, "{}"), out _);
            return result == AssemblyResult.Packet ? PacketError.None : either.Error;
        })));
    }

    [Fact]
    public void ReadBinary_MoreThanTheBoundInAll_IsAnError()
    {
        assembler.Read(Bytes.Of("52-[\"m\",{\"_placeholder\":true,\"num\":0}]"), out _);
        Assert.Equal(AssemblyResult.NeedMore, assembler.ReadBinary(new byte[100], out _));
        Assert.Equal(AssemblyResult.Error, assembler.ReadBinary(new byte[100], out _));
        Assert.Equal(PacketError.TooLarge, assembler.Error);
    }

    [Fact]
    public void Read_TextBeyondTheBound_IsAnError()
    {
        Assert.Equal(AssemblyResult.Error, assembler.Read(Bytes.Of($"51-[\"m\",\"{new string('a', 200)}\"]"), out _));
        Assert.Equal(PacketError.TooLarge, assembler.Error);
    }

    [Theory]
    [InlineData("{\"_placeholder\":true,\"num\":0}")]
    [InlineData("{\"num\":0,\"_placeholder\":true}")]
    [InlineData("{\"_placeholder\":true,\"num\":-0}")]
    [InlineData("{\"_placeholder\":true,\"num\":0,\"x\":[1]}")]
    [InlineData("{\"_\\u0070laceholder\":true,\"num\":0}")]
    [InlineData("{\"_placeholder\":true,\"nu\\u006d\":0}")]
    [InlineData("{\"num\":7,\"_placeholder\":false,\"num\":0,\"_placeholder\":true}")]
    [InlineData("{\"a\":[{\"b\":{\"_placeholder\":true,\"num\":0}}]}")]
    [InlineData("{\"__proto__\":{\"_placeholder\":true,\"num\":0}}")]
    [InlineData("{\"_placeholder\":1,\"num\":7}")]
    [InlineData("{\"_placeholder\":\"true\",\"num\":7}")]
    [InlineData("{\"_placeholder\":[true],\"num\":7}")]
    [InlineData("{\"_placeholder\":{\"_placeholder\":true,\"num\":0},\"num\":7}")]
    [InlineData("{\"_placeholder\":true,\"num\":7,\"_placeholder\":false}")]
    [InlineData("{\"placeholder\":true,\"num\":7}")]
    [InlineData("{\"\\ud800\":true,\"_placeholder\\ud800\":true,\"num\":7}")]
    [InlineData("[true,7]")]
    [InlineData("\"_placeholder\"")]
    [InlineData("1")]
    public void Read_PlaceholderThatFits_IsTaken(string argument)
    {
        Assert.Equal(AssemblyResult.NeedMore, assembler.Read(Bytes.Of($"51-[\"m\",{argument}]"), out _));
        Assert.Equal(AssemblyResult.Packet, assembler.ReadBinary(new byte[] { 1 }, out var packet));
        Assert.Equal($"[{argument}]", Bytes.Text(packet.Data));
    }

    [Theory]
    [InlineData("{\"_placeholder\":true,\"num\":1}")]
    [InlineData("{\"_placeholder\":true,\"num\":-1}")]
    [InlineData("{\"_placeholder\":true,\"num\":2147483648}")]
    [InlineData("{\"_placeholder\":true,\"num\":1e400}")]
    [InlineData("{\"_placeholder\":true,\"num\":\"0\"}")]
    [InlineData("{\"_placeholder\":true,\"num\":null}")]
    [InlineData("{\"_placeholder\":true,\"num\":[0]}")]
    [InlineData("{\"_placeholder\":true,\"num\":{\"_placeholder\":true,\"num\":0}}")]
    [InlineData("{\"_placeholder\":true,\"num\":\"length\"}")]
    [InlineData("{\"_placeholder\":true,\"num\":\"__proto__\"}")]
    [InlineData("{\"_placeholder\":true}")]
    [InlineData("{\"num\":0,\"_placeholder\":true,\"num\":9}")]
    [InlineData("{\"a\":[[{\"_placeholder\":true,\"num\":9}]]}")]
    [InlineData("{\"num\":0,\"a\":{\"_placeholder\":true}}")]
    // Node takes these.
    [InlineData("[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("{\"a\":{\"_placeholder\":true,\"num\":0}},[[{\"num\":0,\"_placeholder\":true}]]")]
    [InlineData("{\"_placeholder\":true,\"num\":0,\"x\":{\"_placeholder\":true,\"num\":0}}")]
    // Node gives the listener undefined for a fraction, and does not look inside a placeholder.
    [InlineData("{\"_placeholder\":true,\"num\":0.5}")]
    [InlineData("{\"_placeholder\":true,\"num\":0.0}")]
    [InlineData("{\"_placeholder\":true,\"num\":0,\"x\":{\"_placeholder\":true,\"num\":9}}")]
    public void Read_PlaceholderThatDoesNot_IsAnError(string argument)
    {
        Assert.Equal(AssemblyResult.Error, assembler.Read(Bytes.Of($"51-[\"m\",{argument}]"), out _));
        Assert.Equal(PacketError.IllegalPlaceholder, assembler.Error);
        Assert.Equal(AssemblyResult.Error, assembler.Read(Bytes.Of($"61-1[{argument}]"), out _));
        Assert.Equal(PacketError.IllegalPlaceholder, assembler.Error);
    }

    [Fact]
    public void Read_MoreAttachmentsThanByDefault_MayEachHaveAPlaceholder()
    {
        const int Count = 300;
        var many = new PacketAssembler(PacketLimits.Default with { MaxAttachments = Count });
        var placeholders = string.Join(',', Enumerable.Range(0, Count).Select(i => $"{{\"_placeholder\":true,\"num\":{i}}}"));

        Assert.Equal(AssemblyResult.NeedMore, many.Read(Bytes.Of($"5{Count}-[\"m\",{placeholders}]"), out _));
        Assert.Equal(AssemblyResult.Error, new PacketAssembler(PacketLimits.Default with { MaxAttachments = Count })
            .Read(Bytes.Of($"5{Count}-[\"m\",{placeholders},{{\"_placeholder\":true,\"num\":{Count - 1}}}]"), out _));
    }

    [Fact]
    public void Read_PlaceholderInAPlainEvent_IsAnObjectLikeAnyOther()
    {
        Assert.Equal(AssemblyResult.Packet, assembler.Read(Bytes.Of("2[\"m\",{\"_placeholder\":true,\"num\":7}]"), out var packet));
        Assert.Empty(packet.Attachments);
    }
}
