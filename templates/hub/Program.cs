using Kodama;
using Kodama.Server;
using Kodama.SocketIO;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddKodama(options =>
{
    options.Name = "KodamaHub"; // The network finds it by this name: kodama connect KodamaHub
    options.Rules.MaxMessageSize(64 * 1024).RateLimit(messages: 20, per: TimeSpan.FromSeconds(1));
});

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapKodama("/hub"); // WebSocket at /hub/ws/{room}, its page at /hub, its API at /hub/api
app.MapSocketIO(); // Socket.IO clients, in the same rooms

// The app speaks too: everyone in the room gets it, by whatever client.
app.MapPost("/bell", (Hub hub) => hub.FindRoom("lounge")?.Send("The bell rings").Code is RefusalCode.None);
app.Run();
