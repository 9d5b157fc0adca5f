using System.Buffers;
using Kodama.Server;

namespace Kodama.SocketIO.Tests;

public sealed class EventJsonTests
{
    [Fact]
    public void Write_Placeholders_AreTheirAttachments()
    {
        var payload = Payload.Arguments("""[{"_placeholder":true,"num":1},[{"num":0,"_placeholder":true}],2]"""u8.ToArray(), [new byte[] { 1 }, new byte[] { 2 }]);

        Assert.Equal("""{"event":"m","args":[{"$binary":"Ag=="},[{"$binary":"AQ=="}],2]}""", Write(payload));
    }

    [Fact]
    public void Write_ManyPlaceholdersOfOneAttachment_IsNotManyCopies()
    {
        const int Count = 1000;
        const int Size = 100_000;
        var placeholders = string.Join(',', Enumerable.Repeat("{\"_placeholder\":true,\"num\":0}", Count));
        var payload = Payload.Arguments(Bytes.Of($"[{placeholders}]"), [new byte[Size]]);

        var written = Write(payload);

        Assert.InRange(written.Length, Size * 4 / 3, Size * 4 / 3 + 2 * placeholders.Length);
        Assert.EndsWith("""{"_placeholder":true,"num":0}]}""", written, StringComparison.Ordinal);
    }

    private static string Write(in Payload payload)
    {
        var output = new ArrayBufferWriter<byte>();
        EventJson.Write(output, "m", payload);
        return Bytes.Text(output.WrittenMemory);
    }
}
