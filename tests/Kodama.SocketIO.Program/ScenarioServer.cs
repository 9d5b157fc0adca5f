using Kodama.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Program;

/// <summary>One server as a scenario wants it, on an address of its own.</summary>
internal sealed class ScenarioServer
{
    private readonly WebApplication app;
    private readonly Teller teller;

    private ScenarioServer(WebApplication app, Teller teller)
    {
        this.app = app;
        this.teller = teller;
    }

    public static async Task<ScenarioServer> StartAsync(Command command)
    {
        var teller = new Teller(command.Server);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddKodama();
        var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{command.Port}");
        var io = app.MapSocketIO(options => NodeOptions.Apply(command.Options, options));
        Handlers.Serve(io, teller);
        await app.StartAsync();
        teller.Tell("started", app.Urls.Single());
        return new ScenarioServer(app, teller);
    }

    public async Task StopAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        teller.Tell("stopped");
    }
}
