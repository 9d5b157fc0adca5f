namespace Kodama.WebSockets.Tests;

public sealed class MessageDeadlineTests
{
    private readonly ConnectionFixture it = new(
        new ConnectionOptions { PingInterval = TimeSpan.Zero, MessageTimeout = TimeSpan.FromSeconds(30) });

    public MessageDeadlineTests() => it.Connection.Start();

    [Fact]
    public void Message_ThatTrickles_ClosesTheConnectionWithAReason()
    {
        it.Duplex.Arrive(Hex.Bytes("02 83 00000000 01"));
        Tick(1);
        it.Duplex.Arrive(Hex.Bytes("02"));
        Tick(30);
        Assert.Empty(it.Duplex.Sent);
        it.Duplex.Arrive(Hex.Bytes("03"));

        Tick(31);

        Assert.Equal(
            ConnectionFixture.Close(CloseCodes.PolicyViolation, "A message must be whole within 30 s.", masked: false), it.Duplex.Sent);
    }

    [Fact]
    public void Message_WithPingsBetweenItsFrames_IsNoYounger()
    {
        it.Duplex.Arrive(Hex.Bytes("02 81 00000000 01"));
        for (var second = 1; second <= 31; second++)
        {
            Tick(second);
            it.Duplex.Arrive(Hex.Bytes("8A 80 00000000"));
        }

        Assert.Equal(
            ConnectionFixture.Close(CloseCodes.PolicyViolation, "A message must be whole within 30 s.", masked: false), it.Duplex.Sent);
    }

    [Fact]
    public void Messages_ThatAreAllInPieces_HaveEachTheirTime()
    {
        for (var second = 1; second <= 100; second++)
        {
            it.Duplex.Arrive(Hex.Bytes("82 82 00000000 01"));
            Tick(second);
            it.Duplex.Arrive(Hex.Bytes("02 82 82 00000000 01"));
            Tick(second);
            it.Duplex.Arrive(Hex.Bytes("02"));
        }

        Assert.Empty(it.Duplex.Sent);
        Assert.Equal(200, it.Handler.Messages.Count);
    }

    [Fact]
    public void Message_BehindOneThatTakesLongToHandle_HasItsTimeAfterwards()
    {
        var handled = new TaskCompletionSource();
        it.Handler.Handle = _ => new ValueTask(handled.Task);
        it.Duplex.Arrive(Hex.Bytes("82 82 00000000 01"));
        Tick(1);
        it.Duplex.Arrive(Hex.Bytes("02"));
        for (var second = 2; second <= 100; second++) Tick(second);
        Assert.Empty(it.Duplex.Sent);
        handled.SetResult();
        Assert.Single(it.Handler.Messages);
    }

    private void Tick(int second) => it.Connection.Tick(second * 1000L);
}
