namespace Kodama.Core.Tests;

/// <summary>What hubs tell each other is read as it was written, and nothing else is.</summary>
public class TellingTests
{
    [Fact]
    public void Telling_OfAllForms_IsReadAsItWasWritten()
    {
        using var writer = new TellingWriter();
        var author = new Author("yui", new Dictionary<string, string> { ["name"] = "ゆい" });
        writer.Add("text").Add(-7).Add(author).Add((Author?)null).Add(["a", ""])
            .Add(Payload.Arguments("[{}]"u8.ToArray(), [new byte[] { 1 }, new byte[300]])).Add(Payload.Of(new byte[] { 1, 2 })).Add("é");

        var reader = new TellingReader(writer.Written.Span);
        Assert.Equal("text", reader.Text());
        Assert.Equal(-7, reader.Number());
        var read = reader.Author()!;
        Assert.Equal(("yui", "ゆい"), (read.Id, read.Details["name"]));
        Assert.Null(reader.Author());
        Assert.Equal(["a", ""], reader.Texts());
        var arguments = reader.Payload();
        Assert.Equal(("[{}]", 300), (arguments.Text, arguments.Attachments[1].Length));
        Assert.Equal([1, 2], reader.Payload().Bytes.ToArray());
        Assert.Equal("é", reader.Text());
    }

    [Fact]
    public void Telling_CutAnywhereOrMadeUp_IsRefusedAndAllocatesNoMoreThanItHas()
    {
        using var writer = new TellingWriter();
        var whole = writer.Add(new Author("yui", new Dictionary<string, string> { ["name"] = "Yui" })).Add(["a"])
            .Add(Payload.Arguments("[]"u8.ToArray(), [new byte[] { 1 }])).Written.ToArray();
        for (var length = 0; length < whole.Length; length++) Assert.Throws<InvalidDataException>(() => ReadAll(whole.AsSpan(0, length)));

        var random = new Random(7);
        var bytes = new byte[64];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadAll(bytes);
            }
            catch (InvalidDataException)
            {
                // As it should be, mostly.
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        }
    }

    [Fact]
    public void Seats_AreRememberedAsTheNewestOfASessionForAWhile()
    {
        var clock = new Kodama.Testing.FakeClock();
        var seats = new SeatMemory(clock);
        seats.Note("yui", 5);
        seats.Note("yui", 3);
        Assert.True(seats.HasNewer("yui", 4));
        Assert.False(seats.HasNewer("yui", 5));
        Assert.False(seats.HasNewer("ren", 0));

        clock.Advance(TimeSpan.FromSeconds(15));
        seats.Note("ren", 1);
        Assert.True(seats.HasNewer("yui", 4));
        clock.Advance(TimeSpan.FromSeconds(15));
        seats.Note("ren", 2);
        Assert.False(seats.HasNewer("yui", 4));
    }

    private static void ReadAll(ReadOnlySpan<byte> bytes)
    {
        var reader = new TellingReader(bytes);
        reader.Author();
        reader.Texts();
        reader.Payload();
    }
}
