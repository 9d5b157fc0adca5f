using System.Buffers;

namespace Kodama.SocketIO.Tests;

public class PacketWriterTests
{
    private static readonly byte[] Admin = "/admin"u8.ToArray();
    private static readonly byte[] Main = "/"u8.ToArray();

    [Fact]
    public void Write_NamespacePackets_AreThoseOfTheProtocol()
    {
        Assert.Equal("0", Write(OutgoingPacket.Connect(Main)));
        Assert.Equal("0{\"sid\":\"x\"}", Write(OutgoingPacket.Connect(default, Bytes.Of("{\"sid\":\"x\"}"))));
        Assert.Equal("0/admin,{\"sid\":\"x\"}", Write(OutgoingPacket.Connect(Admin, Bytes.Of("{\"sid\":\"x\"}"))));
        Assert.Equal("4{\"message\":\"no\"}", Write(OutgoingPacket.ConnectError(Main, Bytes.Of("{\"message\":\"no\"}"))));
        Assert.Equal("4/admin,\"no\"", Write(OutgoingPacket.ConnectError(Admin, Bytes.Of("\"no\""))));
        Assert.Equal("1", Write(OutgoingPacket.Disconnect(Main)));
        Assert.Equal("1/admin,", Write(OutgoingPacket.Disconnect(Admin)));
    }

    [Theory]
    [InlineData("[]", "2[\"m\"]")]
    [InlineData(" [ ] ", "2[\"m\"]")]
    [InlineData("[1,{\"a\":[]}]", "2[\"m\",1,{\"a\":[]}]")]
    [InlineData(" [ 1 , 2 ] ", "2[\"m\",1 , 2]")]
    [InlineData("[{\"_placeholder\":true,\"num\":0}]", "2[\"m\",{\"_placeholder\":true,\"num\":0}]")]
    public void Write_Arguments_AreAsTheyCame(string arguments, string expected) =>
        Assert.Equal(expected, Write(OutgoingPacket.ForEvent(Main, "m", Payload.Arguments(Bytes.Of(arguments)))));

    [Theory]
    [InlineData("hello", "2[\"message\",\"hello\"]")]
    [InlineData("", "2[\"message\",\"\"]")]
    [InlineData("\"\\\b\f\n\r\t\u0000\u001f\u007f/é€😀\u2028", "2[\"message\",\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\u007f/é€😀\u2028\"]")]
    public void Write_Text_IsEscapedAsJavaScriptDoes(string text, string expected) =>
        Assert.Equal(expected, Write(OutgoingPacket.ForEvent(Main, "message", text)));

    [Fact]
    public void Write_Binary_HasPlaceholders()
    {
        Assert.Equal(
            "51-[\"message\",{\"_placeholder\":true,\"num\":0}]",
            Write(OutgoingPacket.ForEvent(Main, "message", Payload.Of(new byte[1]))));
        var two = Payload.Arguments(
            Bytes.Of("[{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]"), [new byte[1], new byte[2]]);
        Assert.Equal(
            "52-/admin,12[\"m\",{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]",
            Write(OutgoingPacket.ForEvent(Admin, "m", two, 12)));
        Assert.Equal("61-15[{\"_placeholder\":true,\"num\":0}]", Write(OutgoingPacket.Ack(Main, 15, Payload.Of(new byte[1]))));
    }

    [Fact]
    public void Write_Ack_IsThatOfTheProtocol()
    {
        Assert.Equal("312[]", Write(OutgoingPacket.Ack(Main, 12, Payload.Arguments("[]"u8.ToArray()))));
        Assert.Equal("3/admin,0[\"bar\"]", Write(OutgoingPacket.Ack(Admin, 0, "bar")));
        Assert.Equal("39007199254740991[1]", Write(OutgoingPacket.Ack(Main, 9007199254740991, Payload.Arguments("[1]"u8.ToArray()))));
    }

    [Fact]
    public void Write_Offset_FollowsTheArguments()
    {
        Assert.Equal(
            "2[\"m\",\"a7\"]", Write(OutgoingPacket.ForEvent(Main, "m", Payload.Arguments("[]"u8.ToArray()), offset: "a7"u8.ToArray())));
        Assert.Equal(
            "2[\"m\",1,\"a7\"]", Write(OutgoingPacket.ForEvent(Main, "m", Payload.Arguments("[1]"u8.ToArray()), offset: "a7"u8.ToArray())));
    }

    [Fact]
    public void Write_EventName_IsEscaped()
    {
        Assert.Equal("2[\"a\\\"\\n木霊\"]", Write(OutgoingPacket.ForEvent(Main, "a\"\n木霊", Payload.Arguments("[]"u8.ToArray()))));
        var name = new string('é', 1000);
        Assert.Equal($"2[\"{name}\"]", Write(OutgoingPacket.ForEvent(Main, name, Payload.Arguments("[]"u8.ToArray()))));
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("connect_error")]
    [InlineData("disconnect")]
    [InlineData("disconnecting")]
    [InlineData("newListener")]
    [InlineData("removeListener")]
    public void ForEvent_ReservedName_IsAnArgumentError(string name) =>
        Assert.Contains(
            $"\"{name}\" is a reserved event name",
            Assert.Throws<ArgumentException>(() => OutgoingPacket.ForEvent(Main, name, "x")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("{}")]
    [InlineData("[1")]
    public void Write_ArgumentsThatAreNoArray_IsAnArgumentError(string json) =>
        Assert.Throws<ArgumentException>(() => Write(OutgoingPacket.ForEvent(Main, "m", Payload.Arguments(Bytes.Of(json)))));

    internal static string Write(in OutgoingPacket packet)
    {
        var exact = new byte[PacketWriter.Size(packet)];
        Assert.Equal(exact.Length, PacketWriter.Write(packet, exact));
        return Bytes.Text(exact);
    }
}
