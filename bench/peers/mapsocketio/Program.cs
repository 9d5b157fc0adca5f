// What ../socketio/server.mjs does, with MapSocketIO: --urls http://127.0.0.1:9000 [--echo true]
var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddKodama();
var app = builder.Build();
var echo = app.Configuration.GetValue("echo", false);

app.MapSocketIO().OnConnection(socket =>
{
    string? room = null;
    socket.On<string>("join", async name =>
    {
        room = name;
        await socket.JoinAsync(name);
    });
    socket.On<string>("message", text =>
    {
        if (echo) socket.Emit("message", text);
        else if (room is null) socket.Broadcast.Emit("message", text);
        else socket.To(room).Emit("message", text);
    });
});

app.Run();
