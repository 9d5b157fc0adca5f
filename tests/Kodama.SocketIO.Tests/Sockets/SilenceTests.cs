namespace Kodama.SocketIO.Tests;

/// <summary>Code that blocks after it has sent something silences nobody: that has left, and what others send then leaves too.</summary>
public class SilenceTests
{
    [Fact]
    public async Task Handler_ThatSendsAndBlocks_SilencesNobody()
    {
        using var server = new TestServer();
        using var entered = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        server.IO.OnConnection(socket =>
        {
            socket.On("say", e => socket.Broadcast.Emit("first"));
            socket.On("block", e =>
            {
                socket.Broadcast.Emit("second");
                socket.Emit("to oneself");
                entered.Release();
                gate.Wait();
            });
        });
        var speaker = await server.ComeAsync();
        var listener = await server.ComeAsync();

        await speaker.Session.SendAsync("""2["say"]""", """2["block"]""");
        try
        {
            await entered.WaitAsync().Within();
            server.IO.To(listener.Id).Emit("third");

            Assert.Equal("2[\"first\"]", await listener.ReadAsync());
            Assert.Equal("2[\"second\"]", await listener.ReadAsync());
            Assert.Equal("2[\"third\"]", await listener.ReadAsync());
            Assert.Equal("2[\"to oneself\"]", await speaker.ReadAsync());
        }
        finally
        {
            gate.Release();
        }
    }

    [Fact]
    public async Task Release_ThatBlocks_SilencesNobody()
    {
        using var entered = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        var rules = new HubRules();
        rules.Validators.Add(new BlocksAtRelease(entered, gate));
        using var server = new TestServer(o => o.Relay = true, rules);
        var speaker = await server.ComeAsync();
        var listener = await server.ComeAsync();

        var speaking = Task.Run(() => speaker.Session.SendAsync("""2["said"]""", "1"));
        try
        {
            await entered.WaitAsync().Within();
            Assert.Equal("2[\"said\"]", await listener.ReadAsync());
        }
        finally
        {
            gate.Release();
        }
        await speaking.Within();
    }

    private sealed class BlocksAtRelease(SemaphoreSlim entered, SemaphoreSlim gate) : IPeerValidator
    {
        public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken) => new(PeerVerdict.Accepted);

        public void Release(Peer peer)
        {
            entered.Release();
            gate.Wait();
        }
    }
}
