using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>The room of a hub that speaks kodama.v1; where none does, its raw WebSocket.</summary>
internal sealed class EitherConnection(IConnection room, Func<IConnection> raw) : IConnection
{
    private readonly TaskCompletionSource isRaw = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource isDecided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IConnection first = room;
    private IConnection connection = room;

    public bool HasPlaces => Volatile.Read(ref connection).HasPlaces;

    public async Task StartAsync(CancellationToken stopping)
    {
        try
        {
            await first.StartAsync(stopping);
            return;
        }
        catch (HubProtocolException)
        {
            // Somebody is there, who may be talked to.
            Volatile.Write(ref connection, raw());
            isRaw.SetResult();
        }
        finally
        {
            isDecided.SetResult();
        }
        await connection.StartAsync(stopping);
    }

    public async IAsyncEnumerable<ClientStatus> WatchStatusAsync()
    {
        await foreach (var status in first.WatchStatusAsync())
        {
            if (status is ClientStatus.Closed)
            {
                await isDecided.Task;
                if (isRaw.Task.IsCompleted) break;
            }
            yield return status;
        }
        if (!isRaw.Task.IsCompleted) yield break;
        await foreach (var status in connection.WatchStatusAsync())
        {
            if (status is not (ClientStatus.Disconnected or ClientStatus.Connecting)) yield return status;
        }
    }

    public SocketPlace PlaceOf(ClientStatus.Connected connected) => Volatile.Read(ref connection).PlaceOf(connected);

    public Task EnteredAsync() => Volatile.Read(ref connection).EnteredAsync();

    public IAsyncEnumerable<Heard> ListenAsync() => connection.ListenAsync();

    public Task TalkAsync(IAsyncEnumerable<string> lines, bool isPipe, ILineView view, CancellationToken cancellationToken) =>
        connection.TalkAsync(lines, isPipe, view, cancellationToken);

    public Task<bool> CloseAsync() => connection.CloseAsync();

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        if (connection != first) await connection.DisposeAsync();
    }
}
