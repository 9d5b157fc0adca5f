using System.Runtime.CompilerServices;
using Kodama.Client;

namespace Kodama.Bench.Receiving;

internal sealed class RoomsReceiver() : Receiver("KodamaRooms", "the same, as entries of a room in which nothing is lost")
{
    public override async IAsyncEnumerable<long> HearAsync(
        int port, Action joined, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var rooms = await KodamaRooms.ConnectAsync(new Uri($"ws://127.0.0.1:{port}"), null, cancellationToken);
        await using var room = await rooms.JoinAsync(Room, null, cancellationToken);
        joined();
        await foreach (var entry in room.Entries.WithCancellation(cancellationToken))
        {
            if (entry is RoomMessage message) yield return Numbers.Read(message.Bytes.Span);
        }
    }
}
