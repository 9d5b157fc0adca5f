using System.Text;
using Kodama.Cli.Tests.Support;
using Kodama.Redis.Tests;

namespace Kodama.Cli.Tests.Serve;

public sealed class RedisTests : IDisposable
{
    private readonly RedisServer redis = new("--requirepass", "open-sesame");
    private readonly HttpClient http = new();

    private string Address => $"redis://:open-sesame@{redis.Address}";

    public void Dispose()
    {
        http.Dispose();
        redis.Dispose();
    }

    [Fact]
    public async Task Serve_TwoHubsOverOneRedis_ShareTheirRooms()
    {
        await using var one = Start(Address);
        await using var other = Start(Address);
        var here = await one.AddressAsync();
        var there = await other.AddressAsync();

        Assert.Contains("\"offset\":1,", await PublishAsync(here, "coffee"));
        Assert.Contains("\"offset\":2,", await PublishAsync(there, "tea"));
        var history = await http.GetStringAsync($"{here}api/rooms/lobby/messages");
        Assert.Contains("coffee", history, StringComparison.Ordinal);
        Assert.Contains("tea", history, StringComparison.Ordinal);

        // A hub that is killed takes nothing with it.
        one.Signal(KodamaProcess.Killed);
        await one.ExitAsync();
        Assert.Contains("\"offset\":3,", await PublishAsync(there, "water"));
    }

    [Fact]
    public async Task Health_SaysWhatIsWrongWithRedis_AndWhatMayBeLost()
    {
        await using var hub = Start(Address);
        var address = await hub.AddressAsync();
        var well = await http.GetStringAsync($"{address}health");
        Assert.Contains("\"status\":\"ok\"", well, StringComparison.Ordinal);
        Assert.Contains("no appendonly file", well, StringComparison.Ordinal);

        redis.Kill();
        string health;
        do health = await http.GetStringAsync($"{address}health");
        while (health.Contains("\"ok\"", StringComparison.Ordinal));

        Assert.Contains("\"status\":\"unkept\"", health, StringComparison.Ordinal);
        Assert.Contains("\"wrong\":\"Redis cannot be reached.\"", health, StringComparison.Ordinal);
        Assert.DoesNotContain(redis.Address, health, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_RedisThatCannotBeUsed_ExitsWith8AndTellsNoSecret()
    {
        var exit = await KodamaProcess.RunAsync(["serve", "--redis", $"{redis.Address},password=sesame-wrong"]);

        Assert.Equal(8, exit.Code);
        Assert.Contains($"kodama: --redis: Redis at {redis.Address} refuses", exit.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame-wrong", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_RedisThatCannotBeReached_SaysWhatToDo()
    {
        redis.Kill();

        var exit = await KodamaProcess.RunAsync(["serve", "--redis", redis.Address]);

        Assert.Equal(8, exit.Code);
        Assert.Contains(
            $"kodama: --redis: Redis at {redis.Address} cannot be reached: start it, let this machine in (bind, firewall), or name another "
                + "address (HOST:PORT).", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_RedisWithoutPort_NamesTheUsualOne()
    {
        var exit = await KodamaProcess.RunAsync(["serve", "--redis", "nothere.invalid"]);

        Assert.Equal(8, exit.Code);
        Assert.Contains("Redis at nothere.invalid:6379 cannot", exit.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaxRedisRooms", "0", "MaxRooms of Redis is 0; it must be at least 1.")]
    [InlineData("MaxRedisBytes", "1000", "MaxBytes of Redis is 1000; it must be at least 1048576.")]
    [InlineData("MaxRedisBytes", "much", "Kodama:MaxRedisBytes is \"much\"; it must be a whole number")]
    public async Task Serve_BoundOutOfRange_ExitsWith3(string name, string value, string said)
    {
        await using var hub = Start(Address, ($"Kodama__{name}", value));

        var exit = await hub.ExitAsync();

        Assert.Equal(ExitCode.BadOption, exit.Code);
        Assert.Contains(said, exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_MaxRedisRooms_BoundsThem()
    {
        await using var hub = Start(Address, ("Kodama__MaxRedisRooms", "1"));
        var address = await hub.AddressAsync();
        Assert.Contains("\"offset\":1,", await PublishAsync(address, "coffee"), StringComparison.Ordinal);

        var refused = await PublishAsync(address, "tea", "kitchen");

        Assert.Contains("\"code\":\"UNAVAILABLE\"", refused, StringComparison.Ordinal);
    }

    private static KodamaProcess Start(string address, params (string Name, string Value)[] more) => KodamaProcess.Start(
        ["serve", "--host", "127.0.0.1", "--port", "0", "--no-advertise"], null, [("Kodama__Redis", address), .. more]);

    private async Task<string> PublishAsync(Uri address, string text, string room = "lobby")
    {
        using var content = new StringContent(text, Encoding.UTF8, "text/plain");
        using var response = await http.PostAsync($"{address}api/rooms/{room}/messages", content);
        return await response.Content.ReadAsStringAsync();
    }
}
