using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class EndLastReaderTests
{
    private readonly Pipe pipe = new();
    private readonly EndLastReader reader;

    public EndLastReaderTests() => reader = new EndLastReader(pipe.Reader);

    [Fact]
    public async Task Read_OfBytesWithTheEnd_TellsTheEndAfterThem()
    {
        await pipe.Writer.WriteAsync("head body"u8.ToArray());
        await pipe.Writer.CompleteAsync();

        var first = await reader.ReadAsync().Within();
        Assert.Equal("head body", Encoding.ASCII.GetString(first.Buffer.ToArray()));
        Assert.False(first.IsCompleted);
        reader.AdvanceTo(first.Buffer.End);

        var second = await reader.ReadAsync().Within();
        Assert.True(second.Buffer.IsEmpty);
        Assert.True(second.IsCompleted);
    }

    [Fact]
    public async Task Read_OfWhatWasSeenAndLeft_TellsTheEndWithIt()
    {
        await pipe.Writer.WriteAsync("head half"u8.ToArray());
        await pipe.Writer.CompleteAsync();

        var first = await reader.ReadAsync().Within();
        reader.AdvanceTo(first.Buffer.GetPosition(5), first.Buffer.End);
        Assert.True(reader.TryRead(out var second));
        Assert.Equal("half", Encoding.ASCII.GetString(second.Buffer.ToArray()));
        Assert.False(second.IsCompleted);
        reader.AdvanceTo(second.Buffer.Start, second.Buffer.End);

        Assert.True(reader.TryRead(out var third));
        Assert.Equal(4, third.Buffer.Length);
        Assert.True(third.IsCompleted);
    }

    [Fact]
    public async Task Read_ThatWaits_TellsTheEndAfterWhatCame()
    {
        var reading = reader.ReadAsync();
        Assert.False(reading.IsCompleted);
        pipe.Writer.Write("a"u8);
        await pipe.Writer.CompleteAsync();

        var first = await reading.Within();
        Assert.Equal(1, first.Buffer.Length);
        Assert.False(first.IsCompleted);
        reader.AdvanceTo(first.Buffer.End);
        Assert.True((await reader.ReadAsync().Within()).IsCompleted);
    }
}
