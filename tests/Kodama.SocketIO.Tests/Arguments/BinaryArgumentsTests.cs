using System.Text.Json;

namespace Kodama.SocketIO.Tests;

public sealed class BinaryArgumentsTests
{
    private readonly ArgumentJson json = new(new SocketIOOptions());

    [Fact]
    public void Write_Bytes_AreAttachmentsInOrder()
    {
        using var written = json.Write("a", new byte[] { 1 }, (ReadOnlyMemory<byte>)new byte[] { 2 });
        var payload = written.Payload;

        Assert.Equal("""["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]""", Bytes.Text(payload.Bytes));
        Assert.Equal(["01", "02"], payload.Attachments.Select(a => Convert.ToHexString(a.Span)));
    }

    [Fact]
    public void Collect_WithoutBytes_MakesNoList()
    {
        using var collection = BinaryArguments.Collect();

        Assert.Null(BinaryArguments.Collected);
    }

    [Fact]
    public void Collect_WithinAnother_KeepsToItself()
    {
        using var writer = new Utf8JsonWriter(Stream.Null);
        writer.WriteStartArray();
        using var outer = BinaryArguments.Collect();
        BinaryArguments.Write(writer, new byte[] { 1 });
        using (var inner = BinaryArguments.Collect())
        {
            BinaryArguments.Write(writer, new byte[] { 2 });
            Assert.Equal(2, Assert.Single(BinaryArguments.Collected!).Span[0]);
        }

        Assert.Equal(1, Assert.Single(BinaryArguments.Collected!).Span[0]);
    }

    [Fact]
    public void Write_BytesOutsideOfAnEvent_AreBase64()
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output)) json.WriteOne(writer, new byte[] { 1, 2 });

        Assert.Equal("\"AQI=\"", Bytes.Text(output.ToArray()));
    }
}
