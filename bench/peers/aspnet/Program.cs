// Rooms on ASP.NET Core and System.Net.WebSockets: --urls http://127.0.0.1:9000 [--echo true]
using Kodama.Bench.AspNet;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var app = builder.Build();
var hub = new Hub(app.Configuration.GetValue("echo", false));

app.UseWebSockets();
app.Map("/ws/{room?}", async (HttpContext context, string? room) =>
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
        return;
    }

    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    await hub.RunAsync(new Peer(socket), room ?? "", context.RequestAborted);
});

// What Kestrel alone costs: a request of Pusher's API, with its body read and nothing done.
var published = 0L;
app.MapPost("/apps/{app}/events", async (HttpContext context) =>
{
    var reader = context.Request.BodyReader;
    while (true)
    {
        var read = await reader.ReadAsync();
        reader.AdvanceTo(read.Buffer.End);
        if (read.IsCompleted)
            break;
    }

    Interlocked.Increment(ref published);
    context.Response.ContentType = "application/json";
    context.Response.ContentLength = 2;
    await context.Response.BodyWriter.WriteAsync("{}"u8.ToArray());
});
app.MapGet("/api/rooms", () => Results.Text($$"""{"rooms":[{"name":"bench","offset":{{published}},"peers":0}]}"""));

app.Run();
