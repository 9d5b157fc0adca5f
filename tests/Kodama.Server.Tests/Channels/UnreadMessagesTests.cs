using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class UnreadMessagesTests
{
    [Fact]
    public async Task Complete_JustBeforeAWriterWaitsForItsBytesToBeRead_LetsItGo()
    {
        // The message is in, and what it had to wait for has come; whether its writer has noticed before the end, chance decides.
        for (var i = 0; i < 500; i++)
        {
            var unread = new UnreadMessages(maxCount: 1, maxBytes: 1);
            await unread.AddAsync(new WebSocketMessage(true, new byte[1])).Within();
            var waits = unread.AddAsync(new WebSocketMessage(true, new byte[2])).AsTask();
            await using var reader = unread.ReadAllAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
            Assert.True(await reader.MoveNextAsync());

            unread.Complete();

            await waits.Within();
        }
    }

    [Fact]
    public async Task Add_OverTheBytes_WaitsUntilTheyAreRead()
    {
        var unread = new UnreadMessages(maxCount: 10, maxBytes: 3);
        await unread.AddAsync(new WebSocketMessage(true, new byte[3])).Within();
        var waits = unread.AddAsync(new WebSocketMessage(true, new byte[1])).AsTask();
        Assert.False(waits.IsCompleted);

        await using var reader = unread.ReadAllAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await reader.MoveNextAsync());

        await waits.Within();
    }
}
