using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kodama.SocketIO.Program;

/// <summary>The handlers that scenarios talk to: the counterpart of tests/clients/socketio/server/program.mjs.</summary>
internal static partial class Handlers
{
    public static void Serve(SocketIOServer io, Teller teller)
    {
        io.OnConnection(socket => Connected(socket, teller));
        io.Of("/chat").OnConnection(socket => Connected(socket, teller));
        io.Of(RoomPattern()).OnConnection(socket => Connected(socket, teller));
        io.Of((name, handshake) =>
            ValueTask.FromResult(name.StartsWith("/guest-", StringComparison.Ordinal) && IsTrue(handshake.Auth, "welcome")))
            .OnConnection(socket => Connected(socket, teller));
        io.Of("/admin")
            .Use((socket, next) => next(socket.Handshake.GetAuth("token") == "secret"
                ? null
                : SocketIOException.With("not authorized", new { code = 401, hint = "ask" })))
            .Use(async (socket, next) =>
            {
                socket.Data["steps"] = new List<string> { "first" };
                await Task.Yield();
                await next();
            })
            .Use((socket, next) =>
            {
                ((List<string>)socket.Data["steps"]!).Add("second");
                return next(IsTrue(socket.Handshake.Auth, "banned") ? new SocketIOException("banned") : null);
            })
            .OnConnection(socket => Connected(socket, teller));
    }

    private static void Connected(SocketIOSocket socket, Teller teller)
    {
        teller.Tell("connected", socket.Namespace.Name, socket.Id, socket.Recovered);
        socket.OnDisconnecting(reason => teller.Tell("disconnecting", socket.Namespace.Name, reason, RoomsOf(socket)));
        socket.OnDisconnect(reason => teller.Tell("disconnect", socket.Namespace.Name, reason));

        socket.Use((e, next) => next(e.Name == "forbidden" ? new Refusal("forbidden", e.Elements()) : null));
        socket.OnError(error =>
        {
            teller.Tell("error", error.Message);
            if (error is Refusal refusal) socket.Emit("refused", refusal.Message, refusal.Details);
        });

        Talk(socket, teller);
        Move(socket);
        Reach(socket);
    }

    private static void Talk(SocketIOSocket socket, Teller teller)
    {
        socket.On("echo", e => socket.Emit("echo", Payload.Arguments(e.Arguments, e.Attachments)));
        socket.On("emit", e => socket.Emit(NameIn(e, 0), e.Rest(1)));
        socket.On("send", e => socket.Emit("message", e.Rest(0)));
        socket.On("answer", e => e.AckSame());
        socket.On("answer twice", e =>
        {
            e.Ack(1);
            e.Ack(2);
        });
        socket.On("never", () => { });
        socket.On("hear", e => teller.Tell("heard", [.. e.Elements()]));
        socket.On("7", e => teller.Tell("seventh", [.. e.Elements()]));
        socket.On<string, int>("many", (name, count) =>
        {
            for (var n = 0; n < count; n++) socket.Emit(name, n);
        });
        socket.On<string>("throw", message => throw new InvalidOperationException(message));
        socket.On("watch", e =>
        {
            socket.OnAny(seen => teller.Tell("incoming", [seen.Name, .. seen.Elements()]));
            socket.OnAnyOutgoing(seen => teller.Tell("outgoing", [seen.Name, .. seen.Elements()]));
            e.Ack();
        });
        socket.On("handshake", e => e.Ack(HandshakeOf(socket)));
    }

    private static void Move(SocketIOSocket socket)
    {
        socket.On("join", async e =>
        {
            await socket.JoinAsync(RoomsIn(e, 0));
            e.Ack();
        });
        socket.On("leave", async e =>
        {
            await socket.LeaveAsync(RoomsIn(e, 0));
            e.Ack();
        });
        socket.On("rooms", e => e.Ack(RoomsOf(socket)));
        socket.On("keep", e => e.Ack(socket.Data[e.Get<string>(0)!] = e.Get<JsonElement>(1)));
        socket.On<bool>("disconnect me", close => socket.Disconnect(close));
    }

    private static void Reach(SocketIOSocket socket)
    {
        socket.On("broadcast", e => ChoiceIn(e).Of(socket).Emit(NameIn(e, 1), e.Rest(2)));
        // Not awaited by their handlers, which would hold up the events that come in between.
        socket.On("ask all", e => { _ = AskAllAsync(socket, e); });
        socket.On("ask", e => { _ = AskAsync(socket, e); });
        socket.On("fetch", e => e.Ack(ChoiceIn(e).Of(socket).FetchSockets().Select(Shown).ToArray()));
        socket.On("sockets join", e =>
        {
            ChoiceIn(e).Of(socket).SocketsJoin(RoomsIn(e, 1));
            e.Ack();
        });
        socket.On("sockets leave", e =>
        {
            ChoiceIn(e).Of(socket).SocketsLeave(RoomsIn(e, 1));
            e.Ack();
        });
        socket.On("disconnect sockets", e => ChoiceIn(e).Of(socket).DisconnectSockets(e.Get<bool>(1)));
    }

    private static async Task AskAllAsync(SocketIOSocket socket, SocketIOEvent e)
    {
        var asked = ChoiceIn(e).Of(socket);
        var name = NameIn(e, 1);
        var acks = e.Elements(2).Length == 0
            ? await asked.EmitWithAckAsync<string>(name)
            : await asked.EmitWithAckAsync<Any?, string>(name, e.Get<Any>(2));
        e.Ack(new { late = !acks.IsComplete, responses = acks.Answers.Order(StringComparer.Ordinal).ToArray() });
    }

    private static async Task AskAsync(SocketIOSocket socket, SocketIOEvent e)
    {
        var asked = socket.Timeout(TimeSpan.FromMilliseconds(e.Get<double>(0)));
        var name = NameIn(e, 1);
        try
        {
            var answer = e.Elements(2).Length switch
            {
                0 => await asked.EmitWithAckAsync<Any>(name),
                1 => await asked.EmitWithAckAsync<Any?, Any>(name, e.Get<Any>(2)),
                _ => await asked.EmitWithAckAsync<Any?, Any?, Any>(name, e.Get<Any>(2), e.Get<Any>(3)),
            };
            e.Ack(new { answer });
        }
        catch (TimeoutException)
        {
            e.Ack(new { error = "operation has timed out" });
        }
    }

    private static object HandshakeOf(SocketIOSocket socket)
    {
        var handshake = socket.Handshake;
        return new
        {
            query = handshake.Query,
            auth = handshake.Auth,
            header = handshake.Headers.GetValueOrDefault("x-test"),
            secure = handshake.Secure,
            xdomain = handshake.CrossDomain,
            address = handshake.Address?.ToString(),
            url = handshake.Url.Split('?')[0],
            transport = socket.Transport,
        };
    }

    private static object Shown(SocketIOSocket socket) =>
        new { id = socket.Id, rooms = socket.Rooms.Order(StringComparer.Ordinal).ToArray(), data = socket.Data };

    private static string[] RoomsOf(SocketIOSocket socket) =>
        [.. socket.Rooms.Where(room => room != socket.Id).Order(StringComparer.Ordinal)];

    private static string[] RoomsIn(SocketIOEvent e, int index) =>
        e.Get<JsonElement>(index) is { ValueKind: JsonValueKind.Array } rooms
            ? [.. rooms.EnumerateArray().Select(room => room.GetString()!)]
            : [e.Get<string>(index)!];

    private static Choice ChoiceIn(SocketIOEvent e) => e.Get<Choice>(0)!;

    private static string NameIn(SocketIOEvent e, int index) => e.Get<JsonElement>(index).ToString();

    private static bool IsTrue(JsonElement auth, string name) =>
        auth.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    [GeneratedRegex(@"^/room-\d+$")]
    private static partial Regex RoomPattern();
}
