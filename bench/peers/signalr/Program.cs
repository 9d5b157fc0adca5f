// A SignalR hub at /hub: --urls http://127.0.0.1:9000 [--echo true]
using Kodama.Bench.SignalR;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSignalR();
builder.Services.AddSingleton(new RelayMode(builder.Configuration.GetValue("echo", false)));
var app = builder.Build();

app.MapHub<RelayHub>("/hub");

app.Run();
