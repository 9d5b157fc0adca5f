namespace Kodama.SocketIO.Tests;

/// <summary>Binary packets that wait for attachments are kept, of clients in no namespace too: all together they are bounded.</summary>
public class UnfinishedPacketTests
{
    private const int Size = 10_000;

    private static readonly byte[] Attachment = new byte[Size];

    [Fact]
    public async Task UnfinishedPackets_OfManySessions_AreBoundedTogether()
    {
        // 64 messages of the largest size, and 9 attachments of it in each session: the eighth is one too many.
        using var server = new TestServer(o => o.MaxHttpBufferSize = Size);
        var sessions = Enumerable.Range(0, 8).Select(_ => server.Open()).ToArray();

        foreach (var session in sessions)
        {
            await session.SendAsync("59-[\"x\"]");
            for (var i = 0; i < 8; i++) await session.SendAsync(Attachment);
        }

        Assert.Equal(DisconnectReason.ForcedClose, await sessions[^1].Closed.Within());
        Assert.All(sessions[..^1], session => Assert.False(session.Closed.IsCompleted));
    }

    [Fact]
    public async Task UnfinishedPackets_GiveBackWhatTheyHold()
    {
        using var server = new TestServer(o => o.MaxHttpBufferSize = Size);

        for (var i = 0; i < 50; i++)
        {
            var client = await server.ComeAsync();
            await client.Session.SendAsync("53-[\"x\"]");
            for (var n = 0; n < (i % 2 == 0 ? 3 : 2); n++) await client.Session.SendAsync(Attachment);
            if (i % 4 == 0) await client.Session.SendAsync("2[\"text within binary\"]");
            await client.Session.CutAsync();
        }
        var last = await server.ComeAsync();
        await last.Session.SendAsync("59-[\"x\"]");
        for (var n = 0; n < 8; n++) await last.Session.SendAsync(Attachment);

        Assert.False(last.Session.Closed.IsCompleted);
    }
}
