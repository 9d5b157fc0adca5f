// Boards on which everybody draws, with Socket.IO. Who comes gets what is there as the answer to "join", and from then on what others draw,
// and their pens.
using System.Collections.Concurrent;
using Kodama;

const int MaxBoards = 100;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddKodama(options => options.Name = "Drawing boards");
var app = builder.Build();
app.MapGet("/", () => Results.Stream(typeof(Board).Assembly.GetManifestResourceStream("page.html")!, "text/html; charset=utf-8"));

var io = app.MapSocketIO();
var boards = new ConcurrentDictionary<string, Board>(StringComparer.Ordinal);
io.OnConnection(socket =>
{
    // Handlers of one socket run one after another: these need no lock.
    var (room, name) = ("", "");
    Board? board = null;

    socket.On<Join, Joined>("join", async join =>
    {
        if (board is not null || !Join.IsName(join?.Board) || !Join.IsName(join!.Name))
            return new Joined($"Name a board and yourself, once, in {Join.Rule}.", [], []);
        if (boards.Count >= MaxBoards && !boards.ContainsKey(join.Board))
            return new Joined($"There are {MaxBoards} boards: take one of them.", [], []);
        (room, name) = ($"board {join.Board}", join.Name);
        socket.Data["name"] = name;
        board = boards.GetOrAdd(join.Board, _ => new Board());
        await socket.JoinAsync(room);
        socket.To(room).Emit("people", People(room));
        // What is drawn at this moment comes twice, which cannot be seen.
        return new Joined(null, board.Strokes, People(room));
    });
    socket.On<Stroke>("stroke", stroke =>
    {
        if (board?.TryAdd(stroke) == true) socket.To(room).Emit("stroke", stroke, name);
    });
    // Only where it is now counts: a pen's way is lost on whoever cannot take it at once.
    socket.On<double, double>("pen", (x, y) =>
    {
        if (board is not null) socket.To(room).Volatile.Emit("pen", name, x, y);
    });
    socket.On("clear", () =>
    {
        board?.Clear();
        if (board is not null) io.To(room).Emit("clear");
    });
    socket.OnDisconnect(_ =>
    {
        if (board is not null) io.To(room).Emit("people", People(room));
    });
});

await app.StartAsync();
Console.WriteLine($"Boards: {app.Urls.First()}");
await app.WaitForShutdownAsync();

string[] People(string room) =>
    [.. io.In(room).FetchSockets().Select(socket => (string)socket.Data["name"]!).Order(StringComparer.Ordinal)];
