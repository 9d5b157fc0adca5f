// A game for all phones of the room: steer your dot to the star. A phone says which way, the program 20 times a second where they are.
using System.Collections.Concurrent;
using System.Text.Json;
using Kodama;

const string Field = "field";

var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddKodama(options =>
{
    options.Name = "Star catch";
    // A phone on a bad network skips ticks instead of losing its connection: only the newest counts.
    options.Rooms[Field] = new RoomOptions { SlowPeers = SlowPeerPolicy.DropOldest };
    // Who is not in by /play may watch.
    options.Rules.Room(Field, RoomRights.Read);
});
var app = builder.Build();
app.MapKodama("/hub");
app.MapGet("/", () => Results.Stream(typeof(Player).Assembly.GetManifestResourceStream("page.html")!, "text/html; charset=utf-8"));

var players = new ConcurrentDictionary<string, Player>();
app.MapWebSocket("/play", async channel =>
{
    var player = players[channel.Id] = new Player(channel.Query.GetValueOrDefault("name", "Somebody"));
    try
    {
        await channel.JoinAsync(Field);
        await foreach (var message in channel.Messages)
            if (message.IsText) player.Turn(message.Text);
    }
    finally
    {
        players.TryRemove(channel.Id, out _);
    }
});

await app.StartAsync();
Console.WriteLine($"Star catch: {app.Urls.First()}");
await Task.WhenAll(PlayAsync(app.Services.GetRequiredService<Hub>(), app.Lifetime.ApplicationStopping), app.WaitForShutdownAsync());

async Task PlayAsync(Hub hub, CancellationToken stopping)
{
    var star = Spot.Anywhere();
    using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
    try
    {
        while (await tick.WaitForNextTickAsync(stopping))
        {
            foreach (var player in players.Values)
                if (player.Step(star)) star = Spot.Anywhere();
            var state = JsonSerializer.Serialize(new { star, players = players.Values }, JsonSerializerOptions.Web);
            // Transient: it is for those who are here now, and takes no place in the room.
            hub.FindRoom(Field)?.Send(state, isTransient: true);
        }
    }
    catch (OperationCanceledException)
    {
        // The program ends.
    }
}

/// <param name="X">From 0 to 100.</param>
/// <param name="Y">From 0 to 100.</param>
internal readonly record struct Spot(int X, int Y)
{
    public static Spot Anywhere() => new(Random.Shared.Next(5, 96), Random.Shared.Next(5, 96));
}

/// <summary>Turned by its connection, moved by the game.</summary>
internal sealed class Player(string name)
{
    private volatile string way = "";

    public string Name { get; } = name.Length > 12 ? name[..12] : name;
    public Spot At { get; private set; } = Spot.Anywhere();
    public int Score { get; private set; }

    public void Turn(string to) => way = to;

    /// <summary>Whether it has caught the star.</summary>
    public bool Step(Spot star)
    {
        var (x, y) = way switch { "left" => (-2, 0), "right" => (2, 0), "up" => (0, -2), "down" => (0, 2), _ => (0, 0) };
        At = new Spot(Math.Clamp(At.X + x, 0, 100), Math.Clamp(At.Y + y, 0, 100));
        if (Math.Abs(At.X - star.X) > 3 || Math.Abs(At.Y - star.Y) > 3) return false;
        Score++;
        return true;
    }
}
