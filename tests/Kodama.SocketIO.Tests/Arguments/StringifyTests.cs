using System.Text.Json;

namespace Kodama.SocketIO.Tests;

/// <summary>What goes out is what JSON.stringify writes: clients in browsers compare, sign and hash it.</summary>
public sealed class StringifyTests
{
    private readonly ArgumentJson json = new(new SocketIOOptions());

    // As JSON.stringify of node writes it. Neither attributes nor what xUnit enumerates hold half of a surrogate pair.
    public static TheoryData<string, string> Texts => new()
    {
        { "木霊😀", "\"木霊😀\"" },
        { "\u2028\u2029\u007f\u00a0\u0085\ufeff", "\"\u2028\u2029\u007f\u00a0\u0085\ufeff\"" },
        { "<a href='x'>&+`</a>/", "\"<a href='x'>&+`</a>/\"" },
        { "\"\\\b\f\n\r\t\u0000\u001f", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\"" },
        { "\ufdd0\uffff\ue000\U000E0001", "\"\ufdd0\uffff\ue000\U000E0001\"" },
        { "a\ud83d", "\"a\\ud83d\"" },
        { "\udc00\ud83d\ude00\ud800\ud800\udc00", "\"\\udc00\ud83d\ude00\\ud800\ud800\udc00\"" },
    };

    [Theory]
    [MemberData(nameof(Texts), DisableDiscoveryEnumeration = true)]
    public void Text_IsWrittenAsJavaScriptDoes(string text, string written)
    {
        Assert.Equal($"[{written},1]", Bytes.Text(json.Write(text, 1).Payload.Bytes));
        Assert.Equal($"[[{written}]]", Bytes.Text(json.Write<string[]>([text]).Payload.Bytes));
        // UTF-8 has no half of a pair, and the names of properties no way around it.
        var name = written.Replace("\\ud83d", "\ufffd", StringComparison.Ordinal).Replace("\\ud800", "\ufffd", StringComparison.Ordinal)
            .Replace("\\udc00", "\ufffd", StringComparison.Ordinal);
        Assert.Equal($"[{{{name}:{written}}}]", Bytes.Text(json.Write(new Dictionary<string, string> { [text] = text }).Payload.Bytes));
    }

    [Theory]
    [MemberData(nameof(Texts), DisableDiscoveryEnumeration = true)]
    public void SoleText_IsWrittenAsWithinOthers(string text, string written)
    {
        var packet = OutgoingPacket.ForEvent("/"u8.ToArray(), "x", json.Write(text).Payload);
        var output = new byte[PacketWriter.Size(packet)];
        PacketWriter.Write(packet, output);

        Assert.Equal($"2[\"x\",{written}]", Bytes.Text(output.AsMemory()));
    }

    [Theory]
    [InlineData("""{ "a" : "\ud83d\ude00", "b":[1, 2.50] }""", """{"a":"😀","b":[1,2.50]}""")]
    [InlineData("""["\ud800",{"\udc00":1}]""", """["\ud800",{"\udc00":1}]""")]
    public void RawJson_IsWrittenAsJavaScriptDoes(string raw, string written)
    {
        Assert.Equal($"[{written}]", Bytes.Text(json.Write(JsonElement.Parse(raw)).Payload.Bytes));
    }
}
