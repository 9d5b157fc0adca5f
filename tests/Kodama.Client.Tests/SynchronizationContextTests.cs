using System.Collections.Concurrent;
using Kodama.Testing;

namespace Kodama.Client.Tests;

public sealed class SynchronizationContextTests
{
    /// <summary>A user interface whose only thread waits: with a context that is captured anywhere, it would wait for ever.</summary>
    [Fact]
    public async Task Client_ThreadOfAUserInterfaceThatBlocks_GoesOn()
    {
        await using var hub = await TestHub.StartAsync();
        var context = new QueueingContext();

        await Task.Factory.StartNew(
            () =>
            {
                SynchronizationContext.SetSynchronizationContext(context);
                var client = KodamaClient.ConnectAsync(hub.Address).Within().GetAwaiter().GetResult();
                for (var i = 0; i < 20; i++) client.SendAsync($"{i}").Within().GetAwaiter().GetResult();
                var reader = client.Messages.GetAsyncEnumerator();
                for (var i = 0; i < 20; i++)
                {
                    Assert.True(reader.MoveNextAsync().Within().GetAwaiter().GetResult());
                    Assert.Equal($"{i}", reader.Current.Text);
                }
                reader.DisposeAsync().AsTask().Within().GetAwaiter().GetResult();
                client.SendAsync(new byte[8 * 1024 * 1024]).AsTask().ContinueWith(_ => { }, TaskScheduler.Default)
                    .Within().GetAwaiter().GetResult();
                client.DisposeAsync().AsTask().Within().GetAwaiter().GetResult();
                Assert.Throws<HubUnreachableException>(() =>
                    KodamaClient.ConnectAsync($"localhost:{TestHub.ClosedPort()}").Within().GetAwaiter().GetResult());
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Within();

        Assert.Empty(context.Posted);
    }

    /// <summary>Nobody runs what is posted.</summary>
    private sealed class QueueingContext : SynchronizationContext
    {
        public ConcurrentQueue<SendOrPostCallback> Posted { get; } = [];

        public override void Post(SendOrPostCallback d, object? state) => Posted.Enqueue(d);

        public override void Send(SendOrPostCallback d, object? state) => Posted.Enqueue(d);
    }
}
