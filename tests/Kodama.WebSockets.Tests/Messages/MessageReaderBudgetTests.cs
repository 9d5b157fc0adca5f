namespace Kodama.WebSockets.Tests;

public sealed class MessageReaderBudgetTests
{
    private readonly AddressBudget budget = new(64 * 1024, 64 * 1024);

    [Fact]
    public void Message_WholeInOneRead_TakesNothing()
    {
        using var reader = Reader();
        Assert.Equal(ReadEvent.Message, reader.Read(Frame(60_000), out _));
        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public void Message_ThatIsNotWhole_TakesWhatItHoldsUntilItIsHandled()
    {
        using var reader = Reader();
        var frame = Frame(20_000);

        Assert.Equal(ReadEvent.NeedMore, reader.Read(frame.AsMemory(0, 10_000), out _));
        Assert.Equal(reader.HeldBytes, budget.Held);
        Assert.InRange(budget.Held, 10_000, 20_000);
        Assert.Equal(ReadEvent.Message, reader.Read(frame.AsMemory(10_000), out _));
        Assert.Equal(reader.HeldBytes, budget.Held);
        Assert.Equal(ReadEvent.NeedMore, reader.Read(default, out _));
        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public void Message_ThatFindsNoRoom_EndsItsConnectionAndHoldsNothing()
    {
        using var first = Reader();
        using var second = Reader();
        first.Read(Frame(40_000).AsMemory(0, 39_000), out _);
        var held = budget.Held;

        Assert.Equal(ReadEvent.Error, second.Read(Frame(40_000).AsMemory(0, 39_000), out _));

        Assert.Equal(CloseCodes.TryAgainLater, second.CloseCode);
        Assert.Equal(0, second.HeldBytes);
        Assert.Equal(held, budget.Held);
    }

    [Fact]
    public void Message_OfFewBytes_NeedsNoRoom()
    {
        using var first = Reader();
        using var second = Reader();
        first.Read(Frame(60_000).AsMemory(0, 59_000), out _);
        var frame = Frame(4000);

        Assert.Equal(ReadEvent.NeedMore, second.Read(frame.AsMemory(0, 3000), out _));
        Assert.Equal(ReadEvent.Message, second.Read(frame.AsMemory(3000), out _));
    }

    [Fact]
    public void Message_ThatInflates_TakesWhatItHolds()
    {
        using var reader = new MessageReader(WebSocketRole.Client, Options(), new DeflateParameters(true, true));
        using var other = new MessageReader(WebSocketRole.Client, Options(), new DeflateParameters(true, true));
        // A stored block of zeros, as it would come of a compressor that found nothing to gain.
        byte[] frame = [0xC2, 0x7E, .. Hex.Bytes("9C46 00 409C BF63"), .. new byte[40_000], 0];

        Assert.Equal(ReadEvent.Message, reader.Read(frame, out _));
        Assert.Equal(reader.HeldBytes, budget.Held);
        Assert.InRange(budget.Held, 40_000, 65_536);
        Assert.Equal(ReadEvent.Error, other.Read(frame, out _));
        Assert.Equal(CloseCodes.TryAgainLater, other.CloseCode);
        reader.Read(default, out _);
        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public void Reader_ThatIsDisposed_GivesBackWhatItTook()
    {
        var reader = Reader();
        reader.Read(Frame(20_000).AsMemory(0, 10_000), out _);
        Assert.NotEqual(0, budget.Held);

        reader.Dispose();

        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public void Underway_NamesTheMessageThatIsNotWhole()
    {
        using var reader = Reader();
        Assert.Equal(0, reader.Underway);
        reader.Read(Hex.Bytes("02 03 01"), out _);
        var first = reader.Underway;
        Assert.NotEqual(0, first);
        reader.Read(Hex.Bytes("0203 89 02 01"), out _);
        Assert.Equal(first, reader.Underway);
        reader.Read(Hex.Bytes("02"), out _);
        reader.Read(Hex.Bytes("80 00"), out _);
        reader.Read(default, out _);
        Assert.Equal(0, reader.Underway);
        reader.Read(Hex.Bytes("02 03 01"), out _);
        Assert.NotEqual(first, reader.Underway);
    }

    private MessageReader Reader() => new(WebSocketRole.Client, Options());

    private MessageReaderOptions Options() => new() { Budget = budget };

    private static byte[] Frame(int length) => [0x82, 0x7E, (byte)(length >> 8), (byte)length, .. new byte[length]];
}
