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

app.Run();
