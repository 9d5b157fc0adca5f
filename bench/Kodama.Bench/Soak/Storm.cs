using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace Kodama.Bench.Soak;

/// <summary>Places, each taken by one short life after another.</summary>
internal sealed class Storm(int port, int places, int seed, StormTally tally)
{
    // Of ten lives, one never becomes a peer.
    private const int Intruders = 10;

    // Little enough that a hub has to hold what is not read.
    private const int SmallBuffer = 4 * 1024;

    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan JoinDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LifeDeadline = TimeSpan.FromSeconds(60);

    public static string RoomOf(int number) => $"room-{number}";

    /// <summary>What a connection of a peer ends with that misbehaves, or that the hub has had enough of.</summary>
    public static bool IsExpected(Exception e) =>
        e is OperationCanceledException or IOException or SocketException or WebSocketException or HttpRequestException
            or InvalidDataException or ObjectDisposedException or InvalidOperationException or JsonException or TimeoutException;

    /// <summary>Goes on until it is stopped, and ends when all have gone.</summary>
    public Task RunAsync(CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, places).Select(place => TakeAsync(place, stopping)));

    private async Task TakeAsync(int place, CancellationToken stopping)
    {
        var random = new Random(unchecked((seed * 31) + place));
        // Not all in one moment.
        await Task.Delay(Gathering * random.NextDouble(), stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stopping.IsCancellationRequested)
        {
            using var life = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            life.CancelAfter(LifeDeadline);
            try
            {
                await LiveAsync(place, random, life.Token, stopping);
            }
            catch (Exception e) when (IsExpected(e))
            {
                // The next one comes.
            }
        }
    }

    private async Task LiveAsync(int place, Random random, CancellationToken life, CancellationToken stopping)
    {
        if (random.Next(Intruders) == 0)
        {
            using var wire = new Wire(port, place);
            tally.Lived("intruder");
            await Intruder.LiveAsync(wire, RoomOf(random.Next(SoakOptions.Rooms)), random, life);
            return;
        }

        var behaviour = Behaviour.All[random.Next(Behaviour.All.Count)];
        var room = behaviour.Floods ? SoakOptions.Rooms + random.Next(SoakOptions.FloodedRooms) : random.Next(SoakOptions.Rooms);
        var door = Door.All[random.Next(Door.All.Count)];
        using var peer = door.Enter(new Wire(port, place, behaviour.Stalls ? SmallBuffer : null));
        try
        {
            using var joining = CancellationTokenSource.CreateLinkedTokenSource(life);
            joining.CancelAfter(JoinDeadline);
            await peer.JoinAsync(RoomOf(room), joining.Token);
        }
        catch (Exception e) when (IsExpected(e))
        {
            if (!stopping.IsCancellationRequested)
                tally.Refused(door, e);
            return;
        }
        tally.Joined(door);
        tally.Lived(behaviour.Name);
        await behaviour.LiveAsync(peer, random, life);
    }
}
