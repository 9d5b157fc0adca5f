using System.Security.Claims;
using Kodama;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Example;

/// <summary>An ASP.NET Core application with a hub in it, beside everything else that it does.</summary>
public static class ReadmeExample
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddKodama(options =>
        {
            options.Name = "Developer Lounge";
            options.Details["floor"] = "3";
            options.Rules
                .UniqueDetail("name")
                .RateLimit(messages: 20, per: TimeSpan.FromSeconds(1))
                .OnConnected(peer => peer.Send($"Welcome, {peer.Details.GetValueOrDefault("name", "stranger")}."));
        });

        var app = builder.Build();
        app.MapKodama("/realtime");
        // The hub is a service: whatever the application does can be told to its rooms.
        app.MapPost("/orders", (Hub hub, ClaimsPrincipal user) =>
        {
            var sent = hub.FindRoom("kitchen")?.Send($"An order of {user.Identity?.Name ?? "someone"}.");
            return $"Told {sent?.Receivers ?? 0} screens.";
        });
        return app;
    }
}
