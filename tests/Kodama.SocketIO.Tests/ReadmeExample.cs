using System.Text.Json;
using System.Text.Json.Serialization;
using Kodama.SocketIO;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Example;

/// <summary>A chat and a game for any Socket.IO client, in an ASP.NET Core application.</summary>
public static partial class ReadmeExample
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddKodama();
        var app = builder.Build();
        app.MapKodama();

        var io = app.MapSocketIO(options =>
        {
            options.Cors.WithOrigins("http://localhost:3000");
            options.ConnectionStateRecovery = new RecoveryOptions();
            options.Json.TypeInfoResolver = GameTypes.Default;
        });
        io.OnConnection(socket =>
        {
            socket.On<string>("message", text => io.Emit("message", text));
            socket.On<Move, Position>("move", async (move, ack) => ack(await PlayAsync(move)));
            socket.OnDisconnect(reason => socket.Broadcast.Emit("left", socket.Id, reason));
            return socket.JoinAsync("players");
        });
        io.Of("/admin").Use((socket, next) =>
            next(socket.Handshake.GetAuth("token") == "secret" ? null : new SocketIOException("not authorized")));
        return app;
    }

    private static Task<Position> PlayAsync(Move move) => Task.FromResult(new Position(move.X + 1, move.Y));

    internal sealed record Move(int X, int Y);

    internal sealed record Position(int X, int Y);

    // For applications that are trimmed or compiled ahead of time; others may leave it out.
    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Move))]
    [JsonSerializable(typeof(Position))]
    private sealed partial class GameTypes : JsonSerializerContext;
}
