using Kodama.Testing;

namespace Kodama.WebSockets.Tests;

public sealed class StreamDuplexTests
{
    [Fact]
    public async Task Dispose_OfAStreamThatKeepsItsReads_EndsThem()
    {
        var owner = new Owner();
        using var duplex = new StreamDuplex(new StubbornStream()) { Owner = owner };
        Assert.False(duplex.Receive(new byte[1], out _));
        Assert.False(duplex.Send(new byte[1], out _));

        duplex.Dispose();

        Assert.NotNull((await owner.Received.Task.WaitAsync(TimeSpan.FromSeconds(30))).Error);
        Assert.NotNull((await owner.Sent.Task.WaitAsync(TimeSpan.FromSeconds(30))).Error);
    }

    [Fact]
    public async Task Bytes_OverTwoEnds_Arrive()
    {
        await using var ends = new InMemoryDuplex();
        var owner = new Owner();
        using var server = new StreamDuplex(ends.Server) { Owner = owner };
        var buffer = new byte[16];

        Assert.True(server.Receive(Memory<byte>.Empty, out var waited));
        Assert.Equal(default, waited);
        Assert.False(server.Receive(buffer, out _));
        await ends.Client.WriteAsync("hello"u8.ToArray());

        Assert.Equal(new Transfer(5), await owner.Received.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("hello"u8, buffer.AsSpan(0, 5));
    }

    private sealed class Owner : IDuplexOwner
    {
        public TaskCompletionSource<Transfer> Received { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<Transfer> Sent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnReceived(Transfer transfer) => Received.SetResult(transfer);

        public void OnSent(Transfer transfer) => Sent.SetResult(transfer);
    }

    /// <summary>Whose reads and writes end by their token only, as those of a Kestrel request do.</summary>
    private sealed class StubbornStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
