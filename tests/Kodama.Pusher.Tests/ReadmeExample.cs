using Kodama;
using Kodama.Pusher;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Example;

/// <summary>A hub for Pusher's clients and HTTP SDKs, in an ASP.NET Core application.</summary>
public static class ReadmeExample
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddKodama().AddPusher(pusher =>
        {
            var app = new PusherApp { Id = "1", Key = "garden-key", Secret = "garden-secret" };
            app.Webhooks.Add(new PusherWebhook { Url = new Uri("https://shop.example/pusher") });
            pusher.Apps.Add(app);
            // Who may be in private and presence rooms by other doors. Without this: nobody.
            pusher.OtherDoors = (peer, room) => peer.Principal is null ? RoomRights.None : RoomRights.Read;
        });
        var app = builder.Build();
        app.MapKodama();
        return app;
    }
}
