using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Kodama.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Tests;

/// <summary>socket.io-clients of npm in processes of their own, against this server and against node's: both must look alike to
/// them.</summary>
public sealed partial class NodeScenarioTests
{
    [Theory]
    [InlineData("client.mjs", "polling")]
    [InlineData("client.mjs", "websocket")]
    [InlineData("client.mjs", "upgrade")]
    [InlineData("v2.mjs", "polling")]
    [InlineData("v2.mjs", "websocket")]
    [InlineData("v2.mjs", "upgrade")]
    public async Task Client_OfNpm_IsServedAsByNode(string script, string mode)
    {
        await using var server = new KodamaServer(configure: builder => builder.Logging.ClearProviders());
        var io = server.Endpoints.MapSocketIO(o =>
        {
            o.ConnectionStateRecovery = new();
            o.AllowEIO3 = true;
            o.Json.TypeInfoResolver = ScenarioTypes.Default;
        });
        Handle(io);
        await server.StartAsync("127.0.0.1", 0).Within();
        var (node, address) = await NodeProcess.StartSocketIOAsync();
        await using var process = node;

        var here = await NodeProcess.RunSocketIOAsync(script, new Uri(server.Addresses[0]), mode);
        var there = await NodeProcess.RunSocketIOAsync(script, address, mode);

        Assert.Equal(there, here);
        Assert.True(here.Split('\n').Length > 4, here);
        await Deadline.UntilAsync(() => server.Hub.PeerCount == 0);
    }

    private static void Handle(SocketIOServer io)
    {
        io.OnConnection(socket =>
        {
            socket.On<int, int>("double", (value, ack) => ack(value * 2));
            socket.On<Upload, Upload>("upload", (file, ack) => ack(new Upload(file.Name + "!", [.. file.Bytes, 9])));
            socket.On<string>("askMe", async text =>
                socket.Emit("answered", await socket.EmitWithAckAsync<string, string>("question", text)));
            socket.On<string, int>("join", async room =>
            {
                await socket.JoinAsync(room);
                return socket.Rooms.Count;
            });
            socket.On<string, string>("tell", (room, text) => socket.To(room).Emit("told", text));
            socket.On("tellAll", e =>
            {
                io.Emit("told", e.Get<string>(0));
                e.Ack();
            });
            socket.On<string, int[]>("roll", async room => [.. (await io.To(room).EmitWithAckAsync<int>("dice")).Answers.Order()]);
            socket.On("kick", () => socket.Disconnect());
        });
        io.Of("/admin").Use((socket, next) => next(socket.Handshake.GetAuth("token") == "secret"
            ? null
            : SocketIOException.With("not authorized", new Dictionary<string, string> { ["please"] = "log in" })));
        io.Of(RoomPattern()).OnConnection(socket => { socket.On("where", e => e.Ack(socket.Namespace.Name)); });
    }

    [GeneratedRegex(@"^/room-\d+$")]
    private static partial Regex RoomPattern();

    internal sealed record Upload(string Name, byte[] Bytes);

    [JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Upload))]
    [JsonSerializable(typeof(int[]))]
    private sealed partial class ScenarioTypes : JsonSerializerContext;
}
