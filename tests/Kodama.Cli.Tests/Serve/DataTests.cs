using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed class DataTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kodama-data-").FullName;

    private string[] Serve => ["serve", "--host", "127.0.0.1", "--port", "0", "--no-advertise", "--data", folder];

    [Fact]
    public async Task Serve_ThatIsKilled_GoesOnWhereItWas()
    {
        await using (var kodama = KodamaProcess.Start(Serve))
        {
            Assert.Contains("\"offset\":1,", await PublishAsync(await kodama.AddressAsync()));
            kodama.Signal(KodamaProcess.Killed);
            await kodama.ExitAsync();
        }

        await using var again = KodamaProcess.Start(Serve);
        Assert.Contains("\"offset\":2,", await PublishAsync(await again.AddressAsync()));
    }

    [Fact]
    public async Task Serve_Started_SaysWhereTheRoomsAreKept()
    {
        await using var kodama = KodamaProcess.Start(Serve);

        var said = await kodama.LineAsync(line => line.StartsWith("The rooms are", StringComparison.Ordinal));

        Assert.Equal($"The rooms are kept in {folder}: they outlive the hub.", said);
    }

    [Fact]
    public async Task Serve_FolderOfAHubThatRuns_ExitsWith8()
    {
        await using var first = KodamaProcess.Start(Serve);
        await first.AddressAsync();

        await RefusesAsync($"kodama: --data {folder}: {folder} belongs to a hub that runs: stop it, or take another folder.");
    }

    [Fact]
    public async Task Serve_FileThatIsNone_ExitsWith8()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "rooms.db"), new string('x', 5000));

        await RefusesAsync($"{Path.Combine(folder, "rooms.db")} is damaged");
    }

    [Fact]
    public async Task Serve_DataOfTheConfiguration_IsTaken()
    {
        await using var kodama = KodamaProcess.Start(Serve[..^2], null, ("Kodama__Data", folder));
        await kodama.AddressAsync();

        Assert.True(File.Exists(Path.Combine(folder, "rooms.db")));
    }

    [Fact]
    public async Task Serve_MaxDataBytesOutOfRange_ExitsWith3()
    {
        await using var kodama = KodamaProcess.Start(Serve, null, ("Kodama__MaxDataBytes", "1000"));
        var exit = await kodama.ExitAsync();

        Assert.Equal(ExitCode.BadOption, exit.Code);
        Assert.Contains("MaxBytes is 1000; it must be at least 1048576.", exit.Error);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task RefusesAsync(string error)
    {
        var exit = await KodamaProcess.RunAsync(Serve);

        Assert.Equal(ExitCode.BadData, exit.Code);
        Assert.Contains(error, exit.Error);
        Assert.Single(exit.Error.TrimEnd().Split('\n'));
    }

    private static async Task<string> PublishAsync(Uri address)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        using var body = new StringContent("hello");
        var answer = await http.PostAsync(new Uri(address, "/api/rooms/lobby/messages"), body);
        return await answer.Content.ReadAsStringAsync();
    }
}
