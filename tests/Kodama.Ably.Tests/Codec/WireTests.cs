using System.Text;

namespace Kodama.Ably.Tests;

public class WireTests
{
    private const string All =
        """{"text":"a\"\\\u00e9木","none":null,"yes":true,"no":false"""
        + ""","n":[0,-1,127,128,-33,65536,-70000,4294967296,1.5],"m":{"k":{}},"e":[]}""";

    [Fact]
    public void Json_ThroughMessagePack_IsTheSame()
    {
        using var packed = WireWriter.Rent(WireFormat.MessagePack);
        packed.Json(Encoding.UTF8.GetBytes(All));
        using var json = WireWriter.Rent(WireFormat.Json);

        json.Element(WireDocument.Read(packed.Written.ToArray(), WireFormat.MessagePack)!.Root);

        Assert.Equal(All.Replace("\\u00e9", "é", StringComparison.Ordinal), Encoding.UTF8.GetString(json.Written));
    }

    [Theory]
    [InlineData("{\"a\":\"", "\"}")]
    [InlineData("{\"a\":\"\\n", "\"}")]
    [InlineData("{\"", "\":1}")]
    public void Json_WithBytesThatAreNoText_IsNoDocument(string before, string behind)
    {
        byte[] broken = [.. Encoding.UTF8.GetBytes(before), 0xFF, 0xC0, .. Encoding.UTF8.GetBytes(behind)];

        Assert.Null(WireDocument.Read(broken, WireFormat.Json));
    }

    [Fact]
    public void Arrays_OfMoreThanFifteen_HaveTheirOwnHead()
    {
        foreach (var count in (int[])[0, 15, 16, 70_000])
        {
            using var writer = WireWriter.Rent(WireFormat.MessagePack);
            writer.StartMap().Name("a"u8).StartArray();
            for (var i = 0; i < Math.Min(count, 20_000); i++) writer.Number(i);
            writer.End().Name("b"u8).Text("behind").End();

            var root = WireDocument.Read(writer.Written.ToArray(), WireFormat.MessagePack)!.Root;

            Assert.Equal(Math.Min(count, 20_000), root["a"u8].Count);
            Assert.Equal("behind", root["b"u8].Text);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}x")]
    [InlineData("nul")]
    [InlineData("\"\\ud800\"")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]")]
    public void Read_OfWhatIsNoJson_IsNull(string text) => Assert.Null(WireDocument.Read(Encoding.UTF8.GetBytes(text), WireFormat.Json));

    [Theory]
    [InlineData("")]
    [InlineData("81")]
    [InlineData("81A161")]
    [InlineData("8101C0")]
    [InlineData("C0C0")]
    [InlineData("C1")]
    [InlineData("A1FF")]
    [InlineData("DDFFFFFFFF")]
    [InlineData("DFFFFFFFFF")]
    [InlineData("C6FFFFFFFF00")]
    public void Read_OfWhatIsNoMessagePack_IsNull(string hex) =>
        Assert.Null(WireDocument.Read(Convert.FromHexString(hex), WireFormat.MessagePack));

    [Fact]
    public void Read_OfEveryPrefixOfADocument_IsNull()
    {
        using var packed = WireWriter.Rent(WireFormat.MessagePack);
        var whole = packed.Json(Encoding.UTF8.GetBytes(All)).Written.ToArray();
        for (var i = 0; i < whole.Length; i++) Assert.Null(WireDocument.Read(whole.AsMemory(0, i), WireFormat.MessagePack));
    }

    [Fact]
    public void Read_OfMoreValuesThanAMessageHas_IsNull()
    {
        byte[] many = [0xDD, 0, 1, 0, 0, .. new byte[65536]];

        Assert.Null(WireDocument.Read(many, WireFormat.MessagePack));
        Assert.Null(WireDocument.Read(Encoding.ASCII.GetBytes($"[{string.Join(',', new int[65536])}]"), WireFormat.Json));
    }
}
