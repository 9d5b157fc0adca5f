namespace Kodama.SocketIO.Tests;

/// <summary>Node's socket.io-parser 4.2.7 was asked the same; where this reader differs, a comment says so.</summary>
public class PacketReaderTests
{
    [Theory]
    [InlineData("0", "Connect / ")]
    [InlineData("0{}", "Connect / {}")]
    [InlineData("0{\"token\":\"123\"} ", "Connect / {\"token\":\"123\"} ")]
    [InlineData("0/", "Connect / ")]
    [InlineData("0/,", "Connect / ")]
    [InlineData("0/admin", "Connect /admin ")]
    [InlineData("0/admin,", "Connect /admin ")]
    [InlineData("0/admin,{}", "Connect /admin {}")]
    [InlineData("0/admin?x=1,", "Connect /admin?x=1 ")]
    [InlineData("0/a,5{}", "Connect /a #5 {}")]
    [InlineData("0/a{\"b\":1}", "Connect /a{\"b\":1} ")]
    [InlineData("1", "Disconnect / ")]
    [InlineData("1/a,", "Disconnect /a ")]
    [InlineData("15", "Disconnect / #5 ")]
    [InlineData("2[\"m\"]", "Event / m []")]
    [InlineData("2[\"m\"] \n", "Event / m []")]
    [InlineData("2[\"m\",1,\"a\"]", "Event / m [1,\"a\"]")]
    [InlineData("2[ \"m\" , 1 , {} ] ", "Event / m [ 1 , {} ]")]
    [InlineData("2/,[\"m\"]", "Event / m []")]
    [InlineData("2/a,[\"m\"]", "Event /a m []")]
    [InlineData("2//,[\"m\"]", "Event // m []")]
    [InlineData("20[\"m\"]", "Event / #0 m []")]
    [InlineData("212[\"m\"]", "Event / #12 m []")]
    [InlineData("2007[\"m\"]", "Event / #7 m []")]
    [InlineData("2/a,1[\"m\"]", "Event /a #1 m []")]
    [InlineData("29007199254740991[\"m\"]", "Event / #9007199254740991 m []")]
    [InlineData("2[\"a,]\\\"b\",\",\"]", "Event / a,]\"b [\",\"]")]
    [InlineData("2[\"\",null]", "Event /  [null]")]
    [InlineData("2[\"\\ud83d\\ude00\",0]", "Event / 😀 [0]")]
    [InlineData("2[\"é\\u20ac\\/\\b\\f\\n\\r\\t\\\\\"]", "Event / é€/\b\f\n\r\t\\ []")]
    [InlineData("2[\"m\",{\"a\":1,\"a\":2}]", "Event / m [{\"a\":1,\"a\":2}]")]
    [InlineData("2[\"m\",\"\\ud800\"]", "Event / m [\"\\ud800\"]")]
    [InlineData("2[1,true]", "Event / 1 [true]")]
    [InlineData("2[10000000000000000]", "Event / 10000000000000000 []")]
    // Node names these as JavaScript prints them: 1.5, 100, Infinity.
    [InlineData("2[1.50]", "Event / 1.50 []")]
    [InlineData("2[1e2]", "Event / 1e2 []")]
    [InlineData("2[1e400]", "Event / 1e400 []")]
    [InlineData("3[]", "Ack / []")]
    [InlineData("312[]", "Ack / #12 []")]
    [InlineData("3/a,12[\"x\",1]", "Ack /a #12 [\"x\",1]")]
    [InlineData("35", "Ack / #5 []")]
    [InlineData("4{\"message\":\"x\"}", "ConnectError / {\"message\":\"x\"}")]
    [InlineData("4\"x\"", "ConnectError / \"x\"")]
    [InlineData("51-[\"m\",{\"_placeholder\":true,\"num\":0}]", "Event / +1 m [{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("51-[\"m\"]", "Event / +1 m []")]
    [InlineData("501-[\"m\"]", "Event / +1 m []")]
    [InlineData("510-/a,7[\"m\"]", "Event /a #7 +10 m []")]
    [InlineData("61-7[{\"_placeholder\":true,\"num\":0}]", "Ack / #7 +1 [{\"_placeholder\":true,\"num\":0}]")]
    public void Read_WellFormed_HasItsParts(string text, string expected)
    {
        Assert.Equal(PacketError.None, PacketReader.Read(Bytes.Of(text), PacketLimits.Default, out var packet));
        Assert.Equal(expected, Print(packet));
    }

    [Theory]
    [InlineData("", PacketError.Empty)]
    [InlineData("7", PacketError.UnknownType)]
    [InlineData("9[\"x\"]", PacketError.UnknownType)]
    [InlineData("a", PacketError.UnknownType)]
    [InlineData("-1", PacketError.UnknownType)]
    [InlineData("/", PacketError.UnknownType)]
    [InlineData(" 2[\"m\"]", PacketError.UnknownType)]
    [InlineData("\ufeff2[\"m\"]", PacketError.UnknownType)]
    [InlineData("0null", PacketError.UnexpectedPayload)]
    [InlineData("0[]", PacketError.UnexpectedPayload)]
    [InlineData("0\"a\"", PacketError.UnexpectedPayload)]
    [InlineData("0{\"a\":1}x", PacketError.BadJson)]
    [InlineData("0{\"a\":1}{}", PacketError.BadJson)]
    [InlineData("0/a,b", PacketError.UnexpectedPayload)]
    [InlineData("1{}", PacketError.UnexpectedPayload)]
    [InlineData("1 ", PacketError.UnexpectedPayload)]
    [InlineData("2[]", PacketError.IllegalEventName)]
    [InlineData("2[null]", PacketError.IllegalEventName)]
    [InlineData("2[true]", PacketError.IllegalEventName)]
    [InlineData("2[{}]", PacketError.IllegalEventName)]
    [InlineData("2[{\"toString\":\"m\"}]", PacketError.IllegalEventName)]
    [InlineData("2[[\"m\"]]", PacketError.IllegalEventName)]
    [InlineData("2{\"0\":\"m\",\"length\":1}", PacketError.UnexpectedPayload)]
    [InlineData("2\"m\"", PacketError.UnexpectedPayload)]
    [InlineData("2[\"connect\"]", PacketError.ReservedEventName)]
    [InlineData("2[\"conn\\u0065ct\"]", PacketError.ReservedEventName)]
    [InlineData("2[\"connect_error\"]", PacketError.ReservedEventName)]
    [InlineData("2[\"disconnect\",1]", PacketError.ReservedEventName)]
    [InlineData("2[\"disconnecting\"]", PacketError.ReservedEventName)]
    [InlineData("2[\"newListener\"]", PacketError.ReservedEventName)]
    [InlineData("2[\"removeListener\"]", PacketError.ReservedEventName)]
    [InlineData("51-[\"connect\"]", PacketError.ReservedEventName)]
    [InlineData("2-1[\"m\"]", PacketError.UnexpectedPayload)]
    [InlineData("21.5[\"m\"]", PacketError.UnexpectedPayload)]
    [InlineData("21e3[\"m\"]", PacketError.UnexpectedPayload)]
    [InlineData("2,[\"m\"]", PacketError.UnexpectedPayload)]
    [InlineData("2/a,,[\"m\"]", PacketError.UnexpectedPayload)]
    [InlineData("2/[\"m\",\"/,1\"]", PacketError.UnexpectedPayload)]
    [InlineData("2٣[\"m\"]", PacketError.UnexpectedPayload)]
    [InlineData("2[\"m\",]", PacketError.BadJson)]
    [InlineData("2[\"m\"", PacketError.BadJson)]
    [InlineData("2[\"m", PacketError.BadJson)]
    [InlineData("2[\"m\"]]", PacketError.BadJson)]
    [InlineData("2[\"m\"],1", PacketError.BadJson)]
    [InlineData("2['m']", PacketError.BadJson)]
    [InlineData("2[\"m\" 1]", PacketError.BadJson)]
    [InlineData("2[\"m\",NaN]", PacketError.BadJson)]
    [InlineData("2[\"m\",01]", PacketError.BadJson)]
    [InlineData("2[\"m\",/*c*/1]", PacketError.BadJson)]
    [InlineData("2[\"m\",\"\u0001\"]", PacketError.BadJson)]
    [InlineData("2[\"m\",\"\\x\"]", PacketError.BadJson)]
    [InlineData("2[\"m\",\"\\u12\"]", PacketError.BadJson)]
    [InlineData("3{}", PacketError.UnexpectedPayload)]
    [InlineData("4[]", PacketError.UnexpectedPayload)]
    [InlineData("5", PacketError.IllegalAttachmentCount)]
    [InlineData("51", PacketError.IllegalAttachmentCount)]
    [InlineData("5-[\"m\"]", PacketError.IllegalAttachmentCount)]
    [InlineData("50-[\"m\"]", PacketError.IllegalAttachmentCount)]
    [InlineData("5-1-[\"m\"]", PacketError.IllegalAttachmentCount)]
    [InlineData("5Infinity-[\"m\"]", PacketError.IllegalAttachmentCount)]
    [InlineData("511-[\"m\"]", PacketError.TooManyAttachments)]
    [InlineData("5999999999999999999999-[\"m\"]", PacketError.TooManyAttachments)]
    [InlineData("51-{}", PacketError.UnexpectedPayload)]
    // Node hands events without a payload to the listeners, which the protocol forbids.
    [InlineData("2", PacketError.MissingPayload)]
    [InlineData("21", PacketError.MissingPayload)]
    [InlineData("51-", PacketError.MissingPayload)]
    [InlineData("61-", PacketError.MissingPayload)]
    // Node reads whatever JavaScript takes for a number.
    [InlineData("51.0-[\"m\"]", PacketError.IllegalAttachmentCount)]
    [InlineData("5 1-[\"m\"]", PacketError.IllegalAttachmentCount)]
    [InlineData("51e0-[\"m\"]", PacketError.IllegalAttachmentCount)]
    [InlineData("50x1-[\"m\"]", PacketError.IllegalAttachmentCount)]
    [InlineData("5+1-[\"m\"]", PacketError.IllegalAttachmentCount)]
    [InlineData("2 [\"m\"]", PacketError.UnexpectedPayload)]
    [InlineData("2 1[\"m\"]", PacketError.UnexpectedPayload)]
    [InlineData("21 [\"m\"]", PacketError.UnexpectedPayload)]
    [InlineData("2\t[\"m\"]", PacketError.UnexpectedPayload)]
    [InlineData("29007199254740992[\"m\"]", PacketError.IllegalAckId)]
    [InlineData("299999999999999999999999999[\"m\"]", PacketError.IllegalAckId)]
    // Node takes half of a pair for a name.
    [InlineData("2[\"a\\ud800\"]", PacketError.IllegalEventName)]
    [InlineData("2[\"\\udc00\\ud800\"]", PacketError.IllegalEventName)]
    [InlineData("2[\"\\ud800\\u0061\"]", PacketError.IllegalEventName)]
    internal void Read_Malformed_IsRefused(string text, PacketError error) =>
        Assert.Equal(error, PacketReader.Read(Bytes.Of(text), PacketLimits.Default, out _));

    [Theory]
    [InlineData("__proto__")]
    [InlineData("constructor")]
    [InlineData("hasOwnProperty")]
    [InlineData("toString")]
    [InlineData("error")]
    [InlineData("connection")]
    [InlineData("Connect")]
    [InlineData("reconnect")]
    public void Read_NameThatIsNotReserved_IsAnEvent(string name)
    {
        Assert.Equal(
            PacketError.None, PacketReader.Read(Bytes.Of($"2[\"{name}\",{{\"__proto__\":{{}}}}]"), PacketLimits.Default, out var packet));
        Assert.Equal((name, "[{\"__proto__\":{}}]"), (packet.GetEventName(), Bytes.Text(packet.Data)));
    }

    [Theory]
    [InlineData("2[\"m\",", "]")]
    [InlineData("3[", "]")]
    [InlineData("51-[\"m\",", "]")]
    [InlineData("61-1[", "]")]
    public void Read_ArraysToTheBound_AreRead(string start, string end)
    {
        Assert.Equal(PacketError.None, Nested(start, 63, end));
        Assert.Equal(PacketError.BadJson, Nested(start, 64, end));
        Assert.Equal(PacketError.BadJson, Nested(start, 100_000, end));

        static PacketError Nested(string start, int depth, string end) => PacketReader.Read(
            Bytes.Of(start + new string('[', depth) + new string(']', depth) + end), PacketLimits.Default, out _);
    }

    [Theory]
    [InlineData(1024, PacketError.None)]
    [InlineData(1025, PacketError.EventNameTooLong)]
    internal void Read_LongEventName_IsBounded(int length, PacketError error)
    {
        Assert.Equal(error, PacketReader.Read(Bytes.Of($"2[\"{new string('a', length)}\"]"), PacketLimits.Default, out _));
        Assert.Equal(error, PacketReader.Read(Bytes.Of($"2[0.{new string('1', length - 2)}]"), PacketLimits.Default, out _));
    }

    [Theory]
    [InlineData(4096, PacketError.None)]
    [InlineData(4097, PacketError.NamespaceTooLong)]
    internal void Read_LongNamespace_IsBounded(int length, PacketError error) =>
        Assert.Equal(error, PacketReader.Read(Bytes.Of("0/" + new string('a', length - 1) + ","), PacketLimits.Default, out _));

    [Fact]
    public void Text_OfEveryError_SaysSomething() =>
        Assert.All(Enum.GetValues<PacketError>().Where(e => e != PacketError.None), error => Assert.NotEmpty(error.Text()));

    internal static string Print(in Packet packet)
    {
        var parts = new List<string> { $"{packet.Type} {Bytes.Text(packet.Namespace)}" };
        if (packet.AckId is { } id) parts.Add($"#{id}");
        if (packet.AttachmentCount > 0) parts.Add($"+{packet.AttachmentCount}");
        if (packet.Type == PacketType.Event) parts.Add(packet.GetEventName());
        parts.Add(Bytes.Text(packet.Data));
        return string.Join(' ', parts);
    }
}
