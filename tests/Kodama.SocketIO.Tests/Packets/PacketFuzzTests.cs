using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Kodama.SocketIO.Tests;

/// <summary>Packets and bodies, most of them damaged. What failed is found again by its seed.</summary>
public class PacketFuzzTests
{
    private const int Runs = 100_000;
    private static readonly PacketLimits Limits = PacketLimits.Default with { MaxPacketSize = 4096 };

    private static readonly string[] Corpus =
    [
        "0", "0/admin,{\"token\":\"123\"}", "1", "1/admin,",
        "2[\"m\"]", "2/a,12[\"m\",1,\"a\",null,true,{\"b\":[1.5e3,\"\\ud83d\\ude00\"]}]", "2[\"message\",\"hello \\n 木霊\"]", "2[1,2]",
        "2[\"conn\\u0065ct\",\"\\ud800\"]", "312[]", "3/a,7[\"x\",{}]", "4{\"message\":\"no\"}", "4\"no\"",
        "51-[\"message\",{\"_placeholder\":true,\"num\":0}]",
        "52-/a,3[\"m\",{\"_placeholder\":true,\"num\":0},[{\"num\":1,\"_\\u0070laceholder\":true}]]",
        "61-15[{\"_placeholder\":true,\"num\":0}]", "510-[\"m\",[[[[[[]]]]]]]",
    ];

    private static readonly string[] Dictionary =
    [
        "\"_placeholder\":true", "\"num\":", "-", "/", ",", "[", "]", "{", "}", "\"", "\\ud800", "\\u0000", "999999999999999999999",
        "1e400", "__proto__", "connect", "\\", "\u001e", "😀", "51-", "null",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_DamagedPackets_NeverThrowsAndSaysWhatHolds(int firstSeed)
    {
        var results = new int[Enum.GetValues<AssemblyResult>().Length];
        var errors = new HashSet<PacketError>();
        for (var i = 0; i < Runs; i++)
        {
            var seed = firstSeed * Runs + i;
            try
            {
                results[(int)Run(new Random(seed), errors)]++;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed} failed.", exception);
            }
        }
        Assert.All(results, count => Assert.True(count > 500, string.Join(", ", results)));
        Assert.True(errors.Count >= 12, string.Join(", ", errors));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Read_DamagedBodies_NeverThrowsAndEnds(int firstSeed)
    {
        var ends = new Dictionary<string, int>();
        for (var i = 0; i < Runs; i++)
        {
            var seed = firstSeed * Runs + i;
            try
            {
                var end = RunBody(new Random(seed)) ?? "whole";
                ends[end] = ends.GetValueOrDefault(end) + 1;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed} failed.", exception);
            }
        }
        // Each of the six errors, and none.
        Assert.Equal(7, ends.Count);
        Assert.All(ends.Values, count => Assert.True(count > 10, string.Join(", ", ends)));
    }

    private static AssemblyResult Run(Random random, HashSet<PacketError> errors)
    {
        var assembler = new PacketAssembler(Limits);
        var result = AssemblyResult.NeedMore;
        for (var messages = random.Next(1, 5); messages > 0 && result != AssemblyResult.Error; messages--)
        {
            Packet packet;
            var binary = result == AssemblyResult.NeedMore && messages < 4 && random.Next(3) > 0;
            if (binary)
            {
                result = assembler.ReadBinary(new byte[random.Next(2000)], out packet);
            }
            else
            {
                var text = Damaged(random);
                // Texts come from a WebSocket or a body that is known to be UTF-8.
                if (!Utf8.IsValid(text)) text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
                result = assembler.Read(text, out packet);
            }
            if (result == AssemblyResult.Packet) Check(packet);
            if (result == AssemblyResult.Error) errors.Add(assembler.Error);
        }
        return result;
    }

    /// <summary>What was read must be what a door may hand on: JSON, attachments that exist, and the same again when written.</summary>
    private static void Check(in Packet packet)
    {
        if (packet.Attachments.Count != packet.AttachmentCount) Assert.Fail("attachments");
        if (packet.Data.Length > 0) JsonDocument.Parse(packet.Data).Dispose();
        if (packet.Type is not (PacketType.Event or PacketType.Ack)) return;
        if (packet.AttachmentCount > 0 && !Placeholders.TryRead(packet.Data.Span, packet.AttachmentCount, Limits, out _))
            Assert.Fail("placeholders");
        var payload = packet.ToPayload();
        if (payload.Kind == PayloadKind.Text && !Utf8.IsValid(payload.Bytes.Span)) Assert.Fail("text");
        var written = packet.Type == PacketType.Event
            ? OutgoingPacket.ForEvent(packet.Namespace, packet.GetEventName(), payload, packet.AckId)
            : OutgoingPacket.Ack(packet.Namespace, packet.AckId ?? 0, payload);
        var bytes = new byte[PacketWriter.Size(written)];
        PacketWriter.Write(written, bytes);
        if (PacketReader.Read(bytes, Limits, out var again) != PacketError.None) Assert.Fail("not read again");
        if (again.AttachmentCount != written.AttachmentCount) Assert.Fail("attachments of what was read again");
    }

    private static string? RunBody(Random random)
    {
        var version = random.Next(2) == 0 ? EngineVersion.V3 : EngineVersion.V4;
        var body = Body(random, version, out var binary);
        for (var mutations = random.Next(4); mutations > 0; mutations--) Mutate(random, ref body);
        var reader = new PollPayloadReader(version, body, binary, maxPackets: 8);
        var packets = 0;
        while (reader.TryRead(out var packet))
        {
            if (++packets > 8) Assert.Fail("too many packets");
            if (!packet.IsBinary && !Utf8.IsValid(packet.Data.Span)) Assert.Fail("not UTF-8");
        }
        return reader.Error;
    }

    private static byte[] Body(Random random, EngineVersion version, out bool isBinary)
    {
        isBinary = false;
        using var body = new PollBody(version, takesBytes: random.Next(2) == 0);
        for (var packets = random.Next(10); packets > 0; packets--)
        {
            var data = Encoding.UTF8.GetBytes(Corpus[random.Next(Corpus.Length)]);
            var frame = new byte[data.Length + 20];
            body.Add(frame.AsSpan(0, random.Next(3) == 0
                ? EnginePacketWriter.WriteBinary(frame, version, data)
                : EnginePacketWriter.WriteText(frame, (EnginePacketType)random.Next(7), data)));
        }
        if (body.Length == 0) return [];
        isBinary = body.Finish(jsonp: null) == "application/octet-stream";
        return body.Memory.ToArray();
    }

    private static byte[] Damaged(Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(Corpus[random.Next(Corpus.Length)]);
        for (var mutations = random.Next(4); mutations > 0; mutations--) Mutate(random, ref bytes);
        return bytes;
    }

    private static void Mutate(Random random, ref byte[] bytes)
    {
        var at = random.Next(bytes.Length + 1);
        bytes = random.Next(5) switch
        {
            0 when at < bytes.Length => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
            1 when at < bytes.Length => [.. bytes[..at], .. bytes[(at + 1)..]],
            2 => [.. bytes[..at], (byte)random.Next(' ', '~'), .. bytes[at..]],
            3 => bytes[..at],
            _ => [.. bytes[..at], .. Encoding.UTF8.GetBytes(Dictionary[random.Next(Dictionary.Length)]), .. bytes[at..]],
        };
    }
}
