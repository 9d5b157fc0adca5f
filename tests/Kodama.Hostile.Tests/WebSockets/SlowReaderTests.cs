using Kodama.Testing;

namespace Kodama.Hostile.Tests.WebSockets;

/// <summary>Who joins and does not read, while others speak: what waits for them is bounded, or they go.</summary>
public sealed class SlowReaderTests(Siege siege) : IClassFixture<Siege>
{
    private const int SmallestWindow = 2048;

    [Theory]
    [InlineData(10, 64 * 1024, 200)]
    [InlineData(100, 64 * 1024, 200)]
    [InlineData(100, 1000, 10_000)]
    [InlineData(20, 1 << 20, 30)]
    public Task Stalled_WhileOthersPublish(int readers, int size, int messages) => siege.WithstandsAsync(async () =>
    {
        await using var stalled = await Crowd.GatherAsync(readers, () => siege.JoinAsync("/ws/stalled", receiveBuffer: SmallestWindow));
        await PublishAsync("/ws/stalled", size, messages);
    });

    [Fact]
    public Task Stalled_EachInARoomOfItsOwn() => siege.WithstandsAsync(async () =>
    {
        // Nothing is shared among them: what the common budget is for.
        for (var room = 0; room < 20; room++)
        {
            await using var stalled = await siege.JoinAsync($"/ws/stalled{room}", receiveBuffer: SmallestWindow);
            await PublishAsync($"/ws/stalled{room}", 64 * 1024, 100);
        }
    });

    [Fact]
    public Task Stalled_AndGone() => siege.WithstandsAsync(async () =>
    {
        await using var stalled = await Crowd.GatherAsync(50, () => siege.JoinAsync("/ws/stalled", receiveBuffer: SmallestWindow));
        await PublishAsync("/ws/stalled", 10_000, 100);
        stalled.Reset();
        await PublishAsync("/ws/stalled", 10_000, 100);
    });

    [Fact]
    public Task Stalled_ForAWhile_LeavesNothingBehind() => siege.WithstandsAsync(async () =>
    {
        await using var stalled = await Crowd.GatherAsync(40, () => siege.JoinAsync("/ws/stalled", receiveBuffer: SmallestWindow));
        await PublishAsync("/ws/stalled", 1000, 3000);
        // Longer than the hub looks for what it can give back.
        await Task.Delay(TimeSpan.FromSeconds(3));
        stalled.Reset();
        await siege.GivesMemoryBackAsync();
    });

    [Fact]
    public Task Stalled_AndEnded_LeavesNothingBehind() => siege.WithstandsAsync(async () =>
    {
        await using var stalled = await Crowd.GatherAsync(100, () => siege.JoinAsync("/ws/stalled", receiveBuffer: SmallestWindow));
        await PublishAsync("/ws/stalled", 1000, 10_000);
        await siege.GivesMemoryBackAsync();
    });

    [Fact]
    public Task ReadsOneByteAtATime() => siege.WithstandsAsync(async () =>
    {
        await using var slow = await Crowd.GatherAsync(20, () => siege.JoinAsync("/ws/slow", receiveBuffer: SmallestWindow));
        var reading = slow.EachAsync(async client =>
        {
            for (var i = 0; i < 2000; i++) await client.ReadBytesAsync(1);
        });
        await PublishAsync("/ws/slow", 10_000, 100);
        await reading;
    });

    private async Task PublishAsync(string path, int size, int messages)
    {
        await using var publisher = await siege.JoinAsync(path);
        var message = RawFrame.Masked(RawFrame.BinaryOpcode, new byte[size]);
        for (var i = 0; i < messages; i++) await publisher.SendAsync(message);
        // The close is answered behind all of them.
        await publisher.SendAsync(RawFrame.OfClose(1000));
        await publisher.WaitForEndAsync();
    }
}
