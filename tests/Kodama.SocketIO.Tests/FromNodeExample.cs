using Kodama.SocketIO;
using Microsoft.AspNetCore.Builder;

namespace Example;

/// <summary>What docs/from-node.md begins with.</summary>
internal static class FromNodeExample
{
    public static void Map(WebApplication app)
    {
        var io = app.MapSocketIO(options => options.Cors.WithOrigins("http://localhost:3000"));

        io.OnConnection(async socket =>
        {
            await socket.JoinAsync("players");
            socket.On<string>("message", text => io.Emit("message", text));
            socket.On("add", e => e.Ack(e.Get<int>(0) + e.Get<int>(1)));
            socket.OnDisconnect(reason => socket.Broadcast.Emit("left", socket.Id, reason));
        });
    }
}
