using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Kodama.SocketIO.Tests;

public class MessagePackWriterTests
{
    private static readonly byte[] Main = "/"u8.ToArray();

    [Theory]
    [InlineData("[]", "90")]
    [InlineData(" [ 1 , 2 ] ", "920102")]
    [InlineData("[127,128,255,256,65535,65536,4294967295,4294967296]", "987fcc80ccffcd0100cdffffce00010000ceffffffffcf0000000100000000")]
    [InlineData("[-1,-32,-33,-128,-129,-32768,-32769,-2147483648,-2147483649]",
        "99ffe0d0dfd080d1ff7fd18000d2ffff7fffd280000000d3ffffffff7fffffff")]
    [InlineData("[9223372036854775807,18446744073709551615,-9223372036854775808]",
        "93cf7fffffffffffffffcfffffffffffffffffd38000000000000000")]
    [InlineData("[18446744073709551616,1.5,1e2,-0.0]", "94cb43f0000000000000cb3ff8000000000000cb4059000000000000cb8000000000000000")]
    [InlineData("[1e999]", "91cb7ff0000000000000")]
    [InlineData("[null,true,false]", "93c0c3c2")]
    [InlineData("""["\u6728","\"\n","😀","\ud83d\ude00"]""", "94a3e69ca8a2220aa4f09f9880a4f09f9880")]
    [InlineData("""["\ud800","a\udc00b"]""", "92a3efbfbda561efbfbd62")]
    [InlineData("""[{},{"a":{"b":[]}},{"\u0061":1,"a":2}]""", "938081a16181a1629082a16101a16102")]
    [InlineData("""[{"_placeholder":true,"num":0}]""", "9182ac5f706c616365686f6c646572c3a36e756d00")]
    public void Write_Arguments_InTheirShortestForm(string json, string expected) => Assert.Equal(
        "84a47479706503a36e7370a12fa2696400a464617461" + expected,
        Write(OutgoingPacket.Ack(Main, 0, Payload.Arguments(Bytes.Of(json)))));

    [Fact]
    public void Write_Packets_AreWhatClientsRead()
    {
        Assert.Equal("83a47479706500a36e7370a12fa46461746181a3736964a3616263",
            Write(OutgoingPacket.Connect(Main, ConnectJson.Granted("abc"))));
        Assert.Equal("83a47479706504a36e7370a22f78a46461746181a76d657373616765a26e6f",
            Write(OutgoingPacket.ConnectError("/x"u8.ToArray(), ConnectJson.Refused(EngineVersion.V4, "no"))));
        Assert.Equal("82a47479706501a36e7370a12f", Write(OutgoingPacket.Disconnect(Main)));
        Assert.Equal("84a47479706502a36e7370a12fa2696407a46461746192a16da3e69ca8",
            Write(OutgoingPacket.ForEvent(Main, "m", Payload.OfText(Bytes.Of("木")), ackId: 7)));
        Assert.Equal("83a47479706502a36e7370a12fa46461746193a16dc402010aa26f31",
            Write(OutgoingPacket.ForEvent(Main, "m", Payload.Of(new byte[] { 1, 10 }), offset: Bytes.Of("o1"))));
    }

    [Theory]
    [InlineData("""[{"_placeholder":true,"num":1},[{"x":{"num":0,"y":[1,{"z":2}],"_\u0070laceholder":true}}]]""", "92c4010b9181a178c4010a")]
    [InlineData("""[{"_placeholder":false,"num":0},{"_placeholder":true,"num":0,"_placeholder":1}]""", null)]
    public void Write_Placeholders_AreTheirAttachments(string json, string? expected)
    {
        var written = Write(OutgoingPacket.Ack(
            Main, 0, Payload.Arguments(Bytes.Of(json), [new byte[] { 10 }, new byte[] { 11 }])));
        if (expected is not null) Assert.EndsWith("a464617461" + expected, written, StringComparison.Ordinal);
        else Assert.DoesNotContain("c4010a", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    [InlineData("[1,]")]
    [InlineData("""[{"_placeholder":true,"num":1}]""")]
    [InlineData("""[{"_placeholder":true}]""")]
    public void Write_ArgumentsThatAreNone_IsAnArgumentError(string json) => Assert.Throws<ArgumentException>(
        () => Write(OutgoingPacket.ForEvent(Main, "m", Payload.Arguments(Bytes.Of(json), [new byte[] { 10 }]))));

    [Theory]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void Write_Many_AreCountedInFront(int count)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new object[]
        {
            Enumerable.Range(0, count).ToArray(), Enumerable.Range(0, count).ToDictionary(i => $"k{i}", i => new[] { i }),
            new string('a', count),
        });
        var written = Write(OutgoingPacket.ForEvent(Main, "m", Payload.Arguments(json)));

        Assert.Equal($$"""{"type":2,"nsp":"/","data":["m",{{Bytes.Text(json)[1..]}}}""", NotePack.Text(written));
    }

    [Fact]
    public void Event_WrittenAndRead_IsTheSame()
    {
        Prop.ForAll(Arguments.ToArbitrary(), arguments =>
        {
            var attachments = new List<ReadOnlyMemory<byte>>();
            var json = JsonSerializer.SerializeToUtf8Bytes(new JsonArray([.. arguments.Select(a => a(attachments))]));
            var packet = OutgoingPacket.ForEvent("/chat"u8.ToArray(), "name", Payload.Arguments(json, attachments), ackId: 3);
            var bytes = Bytes.Hex(Write(packet));

            Assert.Equal(
                PacketError.None, MessagePackReader.Read(bytes, PacketLimits.Default with { MaxAttachments = 1000 }, out var read));
            Assert.Equal(("/chat", "name", 3L), (Bytes.Text(read.Namespace), read.GetEventName(), read.AckId));
            Assert.True(
                JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(read.Data.Span)), $"{Bytes.Text(json)} {Bytes.Text(read.Data)}");
            Assert.Equal(attachments.Select(a => Convert.ToHexString(a.Span)), read.Attachments.Select(a => Convert.ToHexString(a.Span)));
        }).QuickCheckThrowOnFailure();
    }

    private static Gen<Make[]> Arguments => Gen.ArrayOf(Value(4));

    /// <summary>A value, which adds its bytes to the attachments as it is made.</summary>
    private static Gen<Make> Value(int depth)
    {
        var scalars = Gen.OneOf(
            Gen.Elements<object?>(null, true, false, 0, -1, 1.5, long.MinValue, long.MaxValue, ulong.MaxValue, 1e-7, 123456.789)
                .Select(value => (Make)(_ => JsonSerializer.SerializeToNode(value))),
            Gen.ArrayOf(Gen.Elements("a", "\"", "\\", "\n", "\u0000", "é", "€", "😀", "\u2028")).Select(string.Concat)
                .Select(text => (Make)(_ => JsonValue.Create(text))),
            Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value))
                .Select(bytes => (Make)(all =>
                {
                    all.Add(bytes);
                    return new JsonObject { ["_placeholder"] = true, ["num"] = all.Count - 1 };
                })));
        if (depth == 0) return scalars;
        var inner = Gen.ArrayOf(Value(depth - 1));
        return Gen.OneOf(
            scalars,
            inner.Select(items => (Make)(all =>
                new JsonArray([.. items.Select(item => item(all))]))),
            inner.Select(items => (Make)(all =>
            {
                var map = new JsonObject();
                foreach (var item in items) map[$"k{map.Count}é"] = item(all);
                return map;
            })));
    }

    private delegate JsonNode? Make(List<ReadOnlyMemory<byte>> attachments);

    private static string Write(in OutgoingPacket packet)
    {
        var bytes = MessagePackWriter.Write(packet);
        var hex = Convert.ToHexStringLower(bytes.Span);
        bytes.Return();
        return hex;
    }
}
