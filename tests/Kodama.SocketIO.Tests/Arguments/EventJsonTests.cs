using System.Buffers;
using Kodama.Server;

namespace Kodama.SocketIO.Tests;

public sealed class EventJsonTests
{
    [Fact]
    public void Write_Placeholders_AreTheirAttachments()
    {
        var payload = Payload.Arguments(
            """[{"_placeholder":true,"num":1},[{"num":0,"_placeholder":true}],2]"""u8.ToArray(), [new byte[] { 1 }, new byte[] { 2 }]);

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

    [Theory]
    [InlineData("""["\ud800",{"\udc00":1},{"_placeholder":true,"num":0}]""", """["\ud800",{"\udc00":1},{"$binary":"AQ=="}]""")]
    [InlineData("""[{"num\ud800":1,"_placeholder":true,"num":0}]""", """[{"$binary":"AQ=="}]""")]
    [InlineData("""[{"\u005fplaceholder":true,"\u006eum":0}]""", """[{"$binary":"AQ=="}]""")]
    [InlineData("""[{"_placeholder":true,"num":0,"_placeholder":false}]""", """[{"_placeholder":true,"num":0,"_placeholder":false}]""")]
    [InlineData("""[{"_placeholder":true,"num":7}]""", """[{"_placeholder":true,"num":7}]""")]
    [InlineData("""[{"_placeholder":true,"num":-1}]""", """[{"_placeholder":true,"num":-1}]""")]
    [InlineData("""[{"_placeholder":"yes","num":0}]""", """[{"_placeholder":"yes","num":0}]""")]
    [InlineData("""[{"_placeholder":true,"num":"0"}]""", """[{"_placeholder":true,"num":"0"}]""")]
    [InlineData("""[{"_placeholder":true,"num":0,"in":{"_placeholder":true,"num":1}}]""", """[{"$binary":"AQ=="}]""")]
    [InlineData("""[{"in":{"_placeholder":true,"num":0},"num":1}]""", """[{"in":{"$binary":"AQ=="},"num":1}]""")]
    [InlineData("""[ 1.0 , [true] , {"_placeholder":true,"num":0} ]""", """[ 1.0 , [true] , {"$binary":"AQ=="} ]""")]
    [InlineData("""[]""", """[]""")]
    public void Write_ArgumentsWithAttachments_AreAsTheyCameButForTheirPlaceholders(string arguments, string written)
    {
        byte[][] attachments = [[1], [2]];
        var payload = Payload.Arguments(Bytes.Of(arguments), [.. attachments.Select(bytes => (ReadOnlyMemory<byte>)bytes)]);

        Assert.Equal($$"""{"event":"m","args":{{written}}}""", Write(payload));
    }

    [Fact]
    public void Write_LineBreaksBetweenTokens_AreLeftOut()
    {
        ReadOnlyMemory<byte>[] attachments = [new byte[] { 1 }];
        var payload = Payload.Arguments(Bytes.Of("[\n1,\r\n{\"_placeholder\":\ntrue,\"num\":0}\n,\"\\n\"]"), attachments);

        Assert.Equal("""{"event":"m","args":[1,{"$binary":"AQ=="},"\n"]}""", Write(payload));
    }

    [Fact]
    public void Write_ManyLevels_AreWritten()
    {
        var deep = new string('[', 200) + """{"_placeholder":true,"num":0}""" + new string(']', 200);
        byte[][] attachments = [[1]];

        var written = Write(Payload.Arguments(Bytes.Of(deep), [.. attachments.Select(bytes => (ReadOnlyMemory<byte>)bytes)]));

        Assert.Contains("""[{"$binary":"AQ=="}]""", written, StringComparison.Ordinal);
    }

    private static string Write(in Payload payload)
    {
        var output = new ArrayBufferWriter<byte>();
        EventJson.Write(output, "m", payload);
        return Bytes.Text(output.WrittenMemory);
    }
}
