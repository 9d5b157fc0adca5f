using System.Text;
using Kodama.Cli.Connect;
using Kodama.Testing;

namespace Kodama.Cli.Tests.Connect;

public sealed class EventStreamReaderTests
{
    [Theory]
    [InlineData("event: join\ndata: {}\n\nevent: leave\ndata: {\"a\":1}\n\n")]
    [InlineData("event:join\r\ndata:{}\r\n\r\n: comment\r\n\r\nevent:leave\r\ndata:{\"a\":1}\r\n\r\n")]
    public async Task Read_Events_AreNameAndData(string stream) =>
        Assert.Equal([("join", "{}"), ("leave", "{\"a\":1}")], await ReadAsync(stream));

    [Fact]
    public async Task Read_CutInTheMiddle_GivesWhatWasWhole() =>
        Assert.Equal([("join", "{}")], await ReadAsync("event: join\ndata: {}\n\nevent: leave\ndata: {"));

    [Fact]
    public async Task Read_LineWithoutEnd_IsRefused()
    {
        using var stream = new MemoryStream(new byte[(16 * 1024 * 1024) + 1]);

        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(stream).Within());
    }

    private static Task<List<(string, string)>> ReadAsync(string text) =>
        ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text))).Within();

    private static async Task<List<(string, string)>> ReadAsync(Stream stream)
    {
        var events = new List<(string, string)>();
        await foreach (var read in EventStreamReader.ReadAsync(stream, TestContext.Current.CancellationToken)) events.Add(read);
        return events;
    }
}
