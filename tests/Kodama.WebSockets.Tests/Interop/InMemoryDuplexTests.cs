using Kodama.Testing;

namespace Kodama.WebSockets.Tests;

/// <summary>What the tests of connections lean on.</summary>
public class InMemoryDuplexTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Write_EitherEnd_IsReadAtTheOther()
    {
        await using var duplex = new InMemoryDuplex();
        byte[] buffer = new byte[10];
        await duplex.Client.WriteAsync("up"u8.ToArray()).AsTask().WaitAsync(Deadline);
        await duplex.Server.WriteAsync("down"u8.ToArray()).AsTask().WaitAsync(Deadline);
        Assert.Equal(2, await duplex.Server.ReadAsync(buffer).AsTask().WaitAsync(Deadline));
        Assert.Equal(4, await duplex.Client.ReadAsync(buffer).AsTask().WaitAsync(Deadline));
    }

    [Fact]
    public async Task Write_OverTheCapacity_WaitsForTheReader()
    {
        await using var duplex = new InMemoryDuplex(capacity: 10);
        Task write = duplex.Client.WriteAsync(new byte[20]).AsTask();
        Assert.False(write.IsCompleted);
        await duplex.Server.ReadExactlyAsync(new byte[20]).AsTask().WaitAsync(Deadline);
        await write.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Dispose_OneEnd_LetsTheOtherReadTheRestAndWriteNoMore()
    {
        await using var duplex = new InMemoryDuplex();
        await duplex.Client.WriteAsync("rest"u8.ToArray()).AsTask().WaitAsync(Deadline);
        await duplex.Client.DisposeAsync();
        Assert.Equal(4, await duplex.Server.ReadAsync(new byte[10]).AsTask().WaitAsync(Deadline));
        Assert.Equal(0, await duplex.Server.ReadAsync(new byte[10]).AsTask().WaitAsync(Deadline));
        await Assert.ThrowsAsync<IOException>(() => duplex.Server.WriteAsync(new byte[1]).AsTask().WaitAsync(Deadline));
    }
}
