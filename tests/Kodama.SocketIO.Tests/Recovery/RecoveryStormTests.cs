namespace Kodama.SocketIO.Tests;

/// <summary>Everybody comes back at once, and nobody else waits for it.</summary>
public class RecoveryStormTests
{
    private const int Clients = 5_000;
    private const int Missed = 150;

    [Fact]
    public async Task ThousandsThatComeBackAtOnce_GetWhatTheyMissedWhileOtherRoomsGoOn()
    {
        using var server = RecoveryTests.Create(hub: new HubOptions { Outbox = { MaxFrames = 1_000_000, MaxBytes = 1 << 28 } });
        var listeners = await ComeAsync(server, 3, "live");
        var storm = await ComeAsync(server, Clients, "storm");
        await Task.WhenAll(storm.Select(client => client.Session.CutAsync())).WaitAsync(TimeSpan.FromSeconds(120));
        for (var i = 0; i < Missed; i++) server.IO.To("storm").Emit($"missed {i}");

        var said = 0;
        var isOver = false;
        var returned = 0;
        var publishing = Task.Run(async () =>
        {
            for (var seen = -1; !Volatile.Read(ref isOver);)
            {
                // As often as one comes back: the log is to hold it all.
                if (Volatile.Read(ref returned) != seen) server.IO.To("live").Emit($"{said++}");
                seen = Volatile.Read(ref returned);
                await Task.Yield();
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref returned) is var next && next <= Clients) await storm[next - 1].ReturnAsync();
        }))).WaitAsync(TimeSpan.FromSeconds(240));
        Volatile.Write(ref isOver, true);
        await publishing.Within();

        var missed = Enumerable.Range(0, Missed).Select(i => $"missed {i}").ToList();
        Assert.All(storm, client =>
        {
            Assert.True(client.Recovered);
            Assert.Equal(missed, client.AllEvents);
        });
        Assert.All(listeners, client => Assert.Equal(Enumerable.Range(0, said).Select(i => $"{i}"), client.Drain()));
        // While all rooms wait, no more than a page is read, however much was missed.
        Assert.InRange(server.IO.Main.Recovery!.MostReadAtOnce, 1, RoomLog.PageEntries);
    }

    private static async Task<List<RecoveringClient>> ComeAsync(TestServer server, int count, string room)
    {
        var clients = new List<RecoveringClient>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(new RecoveringClient(server));
            await clients[i].ReturnAsync();
            await clients[i].Socket.JoinAsync(room);
        }
        return clients;
    }
}
