using System.Globalization;
using Kodama.Testing;

namespace Kodama.Client.Tests.Reconnecting;

public sealed class StormTests
{
    /// <summary>A hundred clients in one room, thrown out again and again while messages go on: each sees rising numbers, none twice, and
    /// at last all see the same.</summary>
    [Fact]
    public async Task Storm_OfReconnects_DeliversNothingTwice()
    {
        const int Clients = 100;
        const int Messages = 400;
        await using var hub = await TestHub.StartAsync(o => o.Rooms["lobby"] = new RoomOptions { KeepWhenEmpty = true });
        var options = new KodamaClientOptions
        {
            Reconnect = ReconnectStrategy.Exponential(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(50)),
        };
        var clients = await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(_ => KodamaClient.ConnectAsync(hub.Address, options))).Within();
        var reading = clients.Select(ReadAsync).ToList();
        var random = new Random(7);

        for (var i = 0; i < Messages; i++)
        {
            hub.Hub.FindRoom("lobby")!.Send($"{i}");
            if (i % 20 == 0)
            {
                foreach (var peer in hub.Hub.Peers.Where(_ => random.Next(2) == 0).ToList()) peer.Disconnect(CloseReason.GoingAway);
                await Task.Yield();
            }
        }
        await Deadline.UntilAsync(() => hub.Hub.Peers.Count(p => p.Room is not null) == Clients);
        await Deadline.UntilAsync(() => clients.All(c => c.Status is ClientStatus.Connected));
        hub.Hub.FindRoom("lobby")!.Send("end");

        var received = await Task.WhenAll(reading).Within();
        Assert.All(received, numbers => Assert.Equal(numbers.Distinct().Order(), numbers));
        Assert.Contains(received, numbers => numbers.Count < Messages);
        await Task.WhenAll(clients.Select(c => c.DisposeAsync().AsTask())).Within();
        await hub.EmptiesAsync();
    }

    private static async Task<List<int>> ReadAsync(KodamaClient client)
    {
        var numbers = new List<int>();
        await foreach (var message in client.Messages)
        {
            if (message.Text == "end") break;
            numbers.Add(int.Parse(message.Text, CultureInfo.InvariantCulture));
        }
        return numbers;
    }
}
