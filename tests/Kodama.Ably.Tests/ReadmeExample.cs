using Kodama;
using Kodama.Ably;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Example;

/// <summary>A hub for Ably's SDKs, in an ASP.NET Core application.</summary>
public static class ReadmeExample
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddKodama().AddAbly(ably =>
        {
            ably.AddKey("garden.key1:maple-maple");
            // Of this one clients may only listen, and its tokens can be revoked.
            ably.Keys.Add(new AblyKey
            {
                Key = "garden.guests:birch-birch",
                Capability = """{"news:*":["subscribe","history"]}""",
                RevocableTokens = true,
            });
        });
        var app = builder.Build();
        app.MapKodama();
        return app;
    }
}
