using Kodama.Cli.Serve;
using Kodama.Cli.Terminals;
using Kodama.Testing;

namespace Kodama.Cli.Tests.Serve;

public sealed class LiveLineTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly Hub hub = new(new HubOptions());

    public void Dispose() => output.Dispose();

    [Theory]
    [InlineData(0, 1, "0")]
    [InlineData(1, 2, "0.5")]
    [InlineData(12, 1, "12")]
    [InlineData(2400, 2, "1,200")]
    public void Show_AfterMessages_TellsTheirRate(int messages, int seconds, string rate)
    {
        var line = new LiveLine(hub, new Terminal(output, TextWriter.Null, 0), clock);
        for (var i = 0; i < messages; i++) hub.Send("hello");
        clock.Advance(TimeSpan.FromSeconds(seconds));

        line.Show();

        Assert.Equal($"0 peers · 0 rooms · {rate} messages/s\n", output.ToString());
    }

    [Fact]
    public void Show_SecondTime_CountsSinceTheFirst()
    {
        var line = new LiveLine(hub, new Terminal(output, TextWriter.Null, 0), clock);
        hub.Send("hello");
        clock.Advance(TimeSpan.FromSeconds(1));
        line.Show();
        clock.Advance(TimeSpan.FromSeconds(1));

        line.Show();

        Assert.Equal("0 peers · 0 rooms · 1.0 messages/s\n0 peers · 0 rooms · 0 messages/s\n", output.ToString());
    }
}
