using System.Globalization;

namespace Kodama.Sqlite.Tests;

/// <summary>A hub that is killed under load, again and again. <c>KODAMA_KILLS</c> says how often, 10 times by default.</summary>
public sealed class KillTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Kill_UnderLoad_LosesNothingAcknowledgedAndForgetsNothingSeen()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("KODAMA_KILLS") ?? "10", CultureInfo.InvariantCulture);
        var random = new Random(1);
        var told = new List<Told>();
        for (var i = 0; i < kills; i++)
        {
            using var child = Child.Start(folder.Path, publishers: 16);
            Assert.True(await child.ReadAsync(acknowledged: 1 + random.Next(400)));
            await child.KillAsync();
            told.AddRange(child.Told);
            await new Ledger(folder.Path).CheckAsync(told);
        }
        Assert.Contains(told, line => line.Word == "ack");
        Assert.Contains(told, line => line.Word == "seen");
    }

    public void Dispose() => folder.Dispose();
}
