using System.Text.Json;
using System.Text.Unicode;

namespace Kodama.SocketIO.Tests;

/// <summary>Packets as socket.io-msgpack-parser 3.0.2 writes them, and what no client writes.</summary>
public class MessagePackReaderTests
{
    private const string Type2 = "a47479706502";
    private const string Main = "a36e7370a12f";
    private const string Data = "a464617461";

    // Of the client's own, byte for byte.
    private static readonly string[] Corpus =
    [
        "84a47479706500a464617461d40000a76f7074696f6e73d40000a36e7370a12f",
        "83a47479706500a46461746181a5746f6b656ea3616263a36e7370a62f61646d696e",
        "84a47479706502a46461746193a568656c6c6f01a6e69ca8e99c8aa76f7074696f6e7381a8636f6d7072657373c3a36e7370a12f",
        "84a47479706502a46461746192a76d657373616765a568656c6c6fa76f7074696f6e7381a8636f6d7072657373c3a36e7370a12f",
        "85a47479706502a46461746192a76d657373616765c4020102a76f7074696f6e7381a8636f6d7072657373c3a2696400a36e7370a12f",
        "85a47479706502a46461746192a16dc702000102a76f7074696f6e7381a8636f6d7072657373c3a2696407a36e7370a12f",
        "83a47479706502a46461746193a16d84a161c40103a175d40000a16ec0a164d7000000018bcfe5687b9ad40000c3c2cb3ff8000000000000ffd0dfcd012c"
            + "ce00011170cf000000012a05f200d3fffffffed5fa0e00a36e7370a12f",
        "84a2696405a47479706503a46461746191a26f6ba36e7370a12f",
        "83a47479706501a76f7074696f6e7381a8636f6d7072657373c3a36e7370a12f",
    ];

    [Theory]
    [InlineData(0, "Connect / ")]
    [InlineData(1, """Connect /admin {"token":"abc"}""")]
    [InlineData(2, """Event / hello [1,"木霊"]""")]
    [InlineData(3, """Event / message ["hello"] = Text hello""")]
    [InlineData(4, """Event / 0 message [{"_placeholder":true,"num":0}] 0102 = Binary 0102""")]
    [InlineData(5, """Event / 7 m [{"_placeholder":true,"num":0}] 0102""")]
    [InlineData(6, """Event / m [{"a":{"_placeholder":true,"num":0},"n":null,"d":"2023-11-14T22:13:20.123Z"},"""
        + """[null,true,false,1.5,-1,-33,300,70000,5000000000,-5000000000]] 03""")]
    [InlineData(7, """Ack / 5 ["ok"]""")]
    [InlineData(8, "Disconnect / ")]
    public void Read_WhatClientsWrite_IsThePacket(int index, string expected) => Assert.Equal(expected, Read(Bytes.Hex(Corpus[index])));

    [Fact]
    public void Read_Prefixes_AndMore_AreMalformed()
    {
        foreach (var packet in Corpus.Select(Bytes.Hex))
        {
            for (var length = 0; length < packet.Length; length++) Assert.Equal("BadMessagePack", Read(packet[..length]));
            Assert.Equal("BadMessagePack", Read([.. packet, 0xC0]));
        }
    }

    [Theory]
    // Scalars.
    [InlineData("ca3dcccccd", "[0.10000000149011612]")]
    [InlineData("ca7fc00000", "[null]")]
    [InlineData("cb7ff0000000000000", "[null]")]
    [InlineData("cbfff0000000000000", "[null]")]
    [InlineData("cb4014000000000000", "[5]")]
    [InlineData("cfffffffffffffffff", "[18446744073709551615]")]
    [InlineData("cf0020000000000001", "[9007199254740993]")]
    [InlineData("d38000000000000000", "[-9223372036854775808]")]
    [InlineData("d18000", "[-32768]")]
    [InlineData("d280000000", "[-2147483648]")]
    // Texts, in all their lengths.
    [InlineData("a0", "[\"\"]")]
    [InlineData("d90161", "[\"a\"]")]
    [InlineData("da000161", "[\"a\"]")]
    [InlineData("db0000000161", "[\"a\"]")]
    [InlineData("a3220a5c", "[\"\\\"\\n\\\\\"]")]
    [InlineData("a100", "[\"\\u0000\"]")]
    // Bytes.
    [InlineData("c400", "[{\"_placeholder\":true,\"num\":0}] ")]
    [InlineData("c5000101", "[{\"_placeholder\":true,\"num\":0}] 01")]
    [InlineData("c60000000101", "[{\"_placeholder\":true,\"num\":0}] 01")]
    [InlineData("c8000100ff", "[{\"_placeholder\":true,\"num\":0}] FF")]
    [InlineData("c90000000100ff", "[{\"_placeholder\":true,\"num\":0}] FF")]
    // Extensions of notepack.io, and others.
    [InlineData("d6ff00000001", "[[-1,{\"_placeholder\":true,\"num\":0}]] 00000001")]
    [InlineData("d40105", "[[1,{\"_placeholder\":true,\"num\":0}]] 05")]
    [InlineData("d5000506", "[[0,{\"_placeholder\":true,\"num\":0}]] 0506")]
    [InlineData("c70105aa", "[[5,{\"_placeholder\":true,\"num\":0}]] AA")]
    [InlineData("d7007fffffffffffffff", "[null]")]
    [InlineData("d7008000000000000000", "[null]")]
    [InlineData("d700ffffffffffffffff", "[\"1969-12-31T23:59:59.999Z\"]")]
    // Arrays and maps.
    [InlineData("dd0000000101", "[[1]]")]
    [InlineData("de000100c0", "[{\"0\":null}]")]
    [InlineData("df00000001a161ff", "[{\"a\":-1}]")]
    [InlineData("82a161d40000a162d40000", "[{}]")]
    [InlineData("82ac5f706c616365686f6c646572c3a36e756d00", "[{\"_placeholder\":true,\"num\":0}]")]
    public void Read_Values_AreWhatJsonSays(string value, string expected) =>
        Assert.Equal($"Event / m {expected}", Read(Event("92a16d" + value)));

    [Theory]
    [InlineData("80", "UnknownType")]
    [InlineData("c0", "BadMessagePack")]
    [InlineData("93020300", "BadMessagePack")]
    [InlineData("82a47479706502" + Main, "UnexpectedPayload")]
    [InlineData("82a47479706505" + Main, "UnknownType")]
    [InlineData("82a474797065ff" + Main, "UnknownType")]
    [InlineData("82a474797065cb4000000000000000" + Main, "UnknownType")]
    [InlineData("82a474797065a132" + Main, "UnknownType")]
    [InlineData("81a47479706500", "IllegalNamespace")]
    [InlineData("82a47479706500a36e7370a161", "IllegalNamespace")]
    [InlineData("82a47479706500a36e7370a0", "IllegalNamespace")]
    [InlineData("82a47479706500a36e737001", "IllegalNamespace")]
    [InlineData("82a47479706500a36e7370a22fff", "IllegalNamespace")]
    [InlineData("83" + Type2 + Data + "90" + Main, "IllegalEventName")]
    [InlineData("83" + Type2 + Data + "91c0" + Main, "IllegalEventName")]
    [InlineData("83" + Type2 + Data + "91c3" + Main, "IllegalEventName")]
    [InlineData("83" + Type2 + Data + "91c40161" + Main, "IllegalEventName")]
    [InlineData("83" + Type2 + Data + "91a1ff" + Main, "IllegalEventName")]
    [InlineData("83" + Type2 + Data + "91cb7ff8000000000000" + Main, "IllegalEventName")]
    [InlineData("83" + Type2 + Data + "91a7636f6e6e656374" + Main, "ReservedEventName")]
    [InlineData("83" + Type2 + Data + "81a16101" + Main, "UnexpectedPayload")]
    [InlineData("84" + Type2 + Data + "91a16d" + Main + "a26964ff", "IllegalAckId")]
    [InlineData("84" + Type2 + Data + "91a16d" + Main + "a26964cf0020000000000000", "IllegalAckId")]
    [InlineData("84" + Type2 + Data + "91a16d" + Main + "a26964cfffffffffffffffff", "IllegalAckId")]
    [InlineData("84" + Type2 + Data + "91a16d" + Main + "a26964a131", "IllegalAckId")]
    [InlineData("83a47479706500" + Data + "91c0" + Main, "UnexpectedPayload")]
    [InlineData("83a47479706500" + Data + "81a161c40101" + Main, "UnexpectedPayload")]
    [InlineData("83a47479706501" + Data + "80" + Main, "UnexpectedPayload")]
    [InlineData("83a47479706503" + Data + "c0" + Main, "UnexpectedPayload")]
    [InlineData("83a47479706504" + Data + "c0" + Main, "UnexpectedPayload")]
    // A type that there is not, and lengths that lie.
    [InlineData("83" + Type2 + Data + "92a16dc1" + Main, "BadMessagePack")]
    [InlineData("83" + Type2 + Data + "92a16ddbffffffff61" + Main, "BadMessagePack")]
    [InlineData("83" + Type2 + Data + "92a16dc6ffffffff61" + Main, "BadMessagePack")]
    [InlineData("83" + Type2 + Data + "92a16dc9ffffffff0061" + Main, "BadMessagePack")]
    [InlineData("83" + Type2 + Data + "92a16dddffffffff61" + Main, "BadMessagePack")]
    [InlineData("83" + Type2 + Data + "92a16ddfffffffff61" + Main, "BadMessagePack")]
    [InlineData("df7fffffff" + Type2, "BadMessagePack")]
    // No UTF-8, names that are no text.
    [InlineData("83" + Type2 + Data + "92a16da1ff" + Main, "BadMessagePack")]
    [InlineData("83" + Type2 + Data + "92a16da3eda080" + Main, "BadMessagePack")]
    [InlineData("83" + Type2 + Data + "92a16d81a1ff01" + Main, "BadMessagePack")]
    [InlineData("83" + Type2 + Data + "92a16d81c001" + Main, "BadMessagePack")]
    [InlineData("83" + Type2 + Data + "92a16d81c4016101" + Main, "BadMessagePack")]
    [InlineData("83" + Type2 + Data + "92a16d819001" + Main, "BadMessagePack")]
    // What looks like a placeholder, beside bytes.
    [InlineData("83" + Type2 + Data + "93a16dc4010182ac5f706c616365686f6c646572c3a36e756d00" + Main, "IllegalPlaceholder")]
    public void Read_Nonsense_IsMalformed(string packet, string error) => Assert.Equal(error, Read(Bytes.Hex(packet)));

    [Fact]
    public void Read_Members_ComeInAnyOrderAndTheLastCounts()
    {
        Assert.Equal("Event /b 1 m [2]", Read(Bytes.Hex(
            "87" + "a26964c0" + Data + "92a16d02" + "a36e7370a22f61" + "01c0" + Type2 + "a36e7370a22f62" + "a2696401")));
        Assert.Equal("Connect / ", Read(Bytes.Hex("84a47479706500" + Data + "c0" + "a26964d40000" + Main)));
    }

    [Fact]
    public void Read_Nesting_IsBoundedAsInJson()
    {
        // The packet's own array counts.
        Assert.StartsWith("Event", Read(Event("92a16d" + string.Concat(Enumerable.Repeat("91", 63)) + "c0")), StringComparison.Ordinal);
        Assert.Equal("BadMessagePack", Read(Event("92a16d" + string.Concat(Enumerable.Repeat("91", 64)) + "c0")));
        Assert.Equal("BadMessagePack", Read(Event("92a16d" + string.Concat(Enumerable.Repeat("81a161", 64)) + "c0")));
        // Where it does not count nobody descends.
        var deep = Convert.ToHexString([.. Enumerable.Repeat((byte)0x91, 500_000), 0xC0]);
        Assert.Equal("Event / m []", Read(Bytes.Hex("84a16f" + deep + Type2 + Data + "91a16d" + Main)));
    }

    [Fact]
    public void Read_Attachments_AreBoundedAsInJson()
    {
        var ten = Event("9ba16d" + string.Concat(Enumerable.Repeat("c40101", 10)));
        Assert.StartsWith("Event", Read(ten), StringComparison.Ordinal);
        Assert.Equal("TooManyAttachments", Read(Event("9ca16d" + string.Concat(Enumerable.Repeat("c40101", 11)))));
    }

    [Fact]
    public void Read_WhatWouldBeTooLargeAsJson_IsRefused()
    {
        // One byte of MessagePack, six of JSON.
        var controls = Event("92a16dd9c8" + string.Concat(Enumerable.Repeat("01", 200)));
        Assert.StartsWith("Event", Read(controls, new PacketLimits { MaxPacketSize = 1204 }), StringComparison.Ordinal);
        Assert.Equal("TooLarge", Read(controls, new PacketLimits { MaxPacketSize = 1203 }));
        Assert.Equal("TooLarge", Read(Event("92a16dc4c8" + new string('0', 400)), new PacketLimits { MaxPacketSize = 200 }));
        Assert.Equal("TooLarge", Read(Event("92a16ddc2710" + string.Concat(Enumerable.Repeat("c0", 10_000))),
            new PacketLimits { MaxPacketSize = 40_000 }));
    }

    [Fact]
    public void Read_LongNames_AreRefused()
    {
        Assert.Equal("EventNameTooLong", Read(Event("91da0401" + string.Concat(Enumerable.Repeat("61", 1025)))));
        Assert.Equal("NamespaceTooLong", Read(Bytes.Hex(
            "82a47479706500a36e7370da10012f" + string.Concat(Enumerable.Repeat("61", 4096)))));
    }

    [Fact]
    public void Read_DamagedPackets_NeverThrowsAndSaysWhatHolds()
    {
        var read = 0;
        for (var seed = 0; seed < 200_000; seed++)
        {
            var random = new Random(seed);
            var bytes = Bytes.Hex(Corpus[random.Next(Corpus.Length)]);
            for (var mutations = random.Next(1, 4); mutations > 0; mutations--) bytes = Mutate(random, bytes);
            if (MessagePackReader.Read(bytes, PacketLimits.Default, out var packet) != PacketError.None) continue;
            read++;
            try
            {
                Check(packet);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed} failed.", exception);
            }
        }
        Assert.True(read > 20_000, $"{read} were packets");
    }

    private static void Check(in Packet packet)
    {
        if (packet.Attachments.Count != packet.AttachmentCount) Assert.Fail("attachments");
        if (packet.Data.Length > 0) JsonDocument.Parse(packet.Data).Dispose();
        if (packet.Type is not (PacketType.Event or PacketType.Ack)) return;
        var payload = packet.ToPayload();
        if (payload.Kind == PayloadKind.Text && !Utf8.IsValid(payload.Bytes.Span)) Assert.Fail("text");
        // As JSON it is a packet of the same bounds.
        var written = packet.Type == PacketType.Event
            ? OutgoingPacket.ForEvent(packet.Namespace, packet.GetEventName(), payload, packet.AckId)
            : OutgoingPacket.Ack(packet.Namespace, packet.AckId ?? 0, payload);
        // In JSON a comma would end the namespace.
        if (packet.Namespace.Span.Contains((byte)',')) return;
        var text = Bytes.Of(PacketWriterTests.Write(written));
        Assert.Equal(PacketError.None, PacketReader.Read(text, PacketLimits.Default, out _));
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        var at = random.Next(bytes.Length + 1);
        return random.Next(4) switch
        {
            0 when at < bytes.Length => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
            1 when at < bytes.Length => [.. bytes[..at], .. bytes[(at + 1)..]],
            2 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
            _ when at < bytes.Length => [.. bytes[..at], (byte)(bytes[at] + random.Next(-2, 3)), .. bytes[(at + 1)..]],
            _ => bytes,
        };
    }

    private static byte[] Event(string data) => Bytes.Hex("83" + Type2 + Data + data + Main);

    /// <summary>All that a packet says: type, namespace, id, name, data, attachments, and what it is to the hub if it is no arguments; or
    /// what was wrong.</summary>
    private static string Read(byte[] bytes, PacketLimits? limits = null)
    {
        var error = MessagePackReader.Read(bytes, limits ?? PacketLimits.Default, out var packet);
        if (error != PacketError.None) return error.ToString();
        var text = $"{packet.Type} {Bytes.Text(packet.Namespace)} ";
        if (packet.AckId is { } id) text += $"{id} ";
        if (packet.Type == PacketType.Event) text += $"{packet.GetEventName()} ";
        text += Bytes.Text(packet.Data);
        foreach (var attachment in packet.Attachments) text += $" {Convert.ToHexString(attachment.Span)}";
        var payload = packet.Type == PacketType.Event ? packet.ToPayload() : Payload.Arguments(packet.Data);
        if (payload.Kind == PayloadKind.Text) text += $" = Text {Bytes.Text(payload.Bytes)}";
        if (payload.Kind == PayloadKind.Binary) text += $" = Binary {Convert.ToHexString(payload.Bytes.Span)}";
        return text;
    }
}
