namespace Kodama.SocketIO.Tests;

public class PacketPayloadTests
{
    [Theory]
    [InlineData("2[\"message\",\"hello\"]", PayloadKind.Text, "hello")]
    [InlineData("2[ \"message\" , \"hello\" ]", PayloadKind.Text, "hello")]
    [InlineData("2[\"m\\u0065ssage\",\"hello\"]", PayloadKind.Text, "hello")]
    [InlineData("21[\"message\",\"\"]", PayloadKind.Text, "")]
    [InlineData("2[\"message\",\"a\\n\\\"\\ud83d\\ude00é\"]", PayloadKind.Text, "a\n\"😀é")]
    [InlineData("2[\"message\",\"\\ud800\"]", PayloadKind.Arguments, "[\"\\ud800\"]")]
    [InlineData("2[\"message\"]", PayloadKind.Arguments, "[]")]
    [InlineData("2[\"message\",1]", PayloadKind.Arguments, "[1]")]
    [InlineData("2[\"message\",[\"a\"]]", PayloadKind.Arguments, "[[\"a\"]]")]
    [InlineData("2[\"message\",\"a\",\"b\"]", PayloadKind.Arguments, "[\"a\",\"b\"]")]
    [InlineData("2[\"message\",1,\"b\"]", PayloadKind.Arguments, "[1,\"b\"]")]
    [InlineData("2[\"Message\",\"a\"]", PayloadKind.Arguments, "[\"a\"]")]
    [InlineData("2[\"move\",\"a\"]", PayloadKind.Arguments, "[\"a\"]")]
    [InlineData("2[\"message\",{\"_placeholder\":true,\"num\":0}]", PayloadKind.Arguments, "[{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("31[\"a\"]", PayloadKind.Arguments, "[\"a\"]")]
    public void ToPayload_Event_IsWhatTheHubSays(string text, PayloadKind kind, string expected)
    {
        Assert.Equal(PacketError.None, PacketReader.Read(Bytes.Of(text), PacketLimits.Default, out var packet));
        var payload = packet.ToPayload();
        Assert.Equal((kind, expected), (payload.Kind, payload.ToString()));
    }

    [Theory]
    [InlineData("51-[\"message\",{\"_placeholder\":true,\"num\":0}]", PayloadKind.Binary)]
    [InlineData("51-[\"message\",{\"num\":0,\"_placeholder\":true,\"x\":{}}]", PayloadKind.Binary)]
    [InlineData("51-[\"message\",{\"a\":{\"_placeholder\":true,\"num\":0}}]", PayloadKind.Arguments)]
    [InlineData("51-[\"message\",[{\"_placeholder\":true,\"num\":0}]]", PayloadKind.Arguments)]
    [InlineData("51-[\"message\",{\"_placeholder\":true,\"num\":0},1]", PayloadKind.Arguments)]
    [InlineData("51-[\"message\",1,{\"_placeholder\":true,\"num\":0}]", PayloadKind.Arguments)]
    [InlineData("51-[\"picture\",{\"_placeholder\":true,\"num\":0}]", PayloadKind.Arguments)]
    public void ToPayload_BinaryEvent_IsBytesOnlyWhereTheyAreAll(string text, PayloadKind kind)
    {
        var assembler = new PacketAssembler(PacketLimits.Default);
        assembler.Read(Bytes.Of(text), out _);
        Assert.Equal(AssemblyResult.Packet, assembler.ReadBinary(new byte[] { 1, 2 }, out var packet));
        var payload = packet.ToPayload();
        Assert.Equal(kind, payload.Kind);
        Assert.Equal("0102", Convert.ToHexString((kind == PayloadKind.Binary ? payload.Bytes : payload.Attachments[0]).Span));
    }

    [Fact]
    public void ToPayload_SecondOfTwoAttachments_IsTheOneThatIsNamed()
    {
        var assembler = new PacketAssembler(PacketLimits.Default);
        assembler.Read(Bytes.Of("52-[\"message\",{\"_placeholder\":true,\"num\":1}]"), out _);
        assembler.ReadBinary(new byte[] { 1 }, out _);
        assembler.ReadBinary(new byte[] { 2 }, out var packet);
        Assert.Equal("02", Convert.ToHexString(packet.ToPayload().Bytes.Span));
    }

    [Fact]
    public void GetEventName_SameNameAgain_IsTheSameString()
    {
        Assert.Same(EventNames.Get("cursor moved"u8), EventNames.Get("cursor moved"u8));
        Assert.Same(Message.DefaultEvent, EventNames.Get("message"u8));
        Assert.Equal("木霊", EventNames.Get("木霊"u8));
    }
}
