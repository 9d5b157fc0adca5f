using System.Collections.Concurrent;
using System.Text.Json;
using Kodama.Server;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;

namespace Kodama.SocketIO.Tests;

/// <summary>Engine.IO without Socket.IO above it, as programs have it.</summary>
public sealed class EngineSocketTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public async Task Messages_OfBothKinds_ComeAndGoInOrder(int version)
    {
        await using var server = new KodamaServer(new KodamaOptions());
        server.Endpoints.MapEngineIO(
            socket =>
            {
                Assert.Equal((version, "websocket"), (socket.Protocol, socket.Transport));
                socket.OnMessage(message =>
                {
                    if (message.IsBinary) socket.Send(message.Bytes.Span);
                    else socket.Send($"€ {message.Text}");
                });
                socket.Send("first");
            },
            options => options.AllowEIO3 = true);
        await using var client = await ConnectAsync(server, version);

        byte[] bytes = version == 4 ? [1, 2, 3] : [4, 1, 2, 3];
        await client.SendAsync([.. RawFrame.OfText("4a"), .. RawFrame.Masked(RawFrame.BinaryOpcode, bytes), .. RawFrame.OfText("4b")]);

        Assert.Equal("4first", await client.ReadTextAsync());
        Assert.Equal("4€ a", await client.ReadTextAsync());
        Assert.Equal(bytes, (await client.ReadFrameAsync())!.Payload);
        Assert.Equal("4€ b", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Polling_AndUpgrade_AreTheSame()
    {
        var upgraded = new TaskCompletionSource();
        var closed = new TaskCompletionSource<string>();
        await using var server = new KodamaServer(new KodamaOptions());
        var engine = server.Endpoints.MapEngineIO(socket =>
        {
            socket.OnMessage(message => socket.Send(message.Text!));
            socket.OnUpgrade(() => upgraded.SetResult());
            socket.OnClose(closed.SetResult);
        });
        await server.StartAsync("127.0.0.1", 0).Within();
        var address = new Uri(server.Addresses[0]);
        using var http = new HttpClient { BaseAddress = address, Timeout = Deadline.Default };
        var open = await http.GetStringAsync("/engine.io/?EIO=4&transport=polling");
        var sid = JsonDocument.Parse(open[1..]).RootElement.GetProperty("sid").GetString();
        using var content = new StringContent("4hello");
        using var posted = await http.PostAsync($"/engine.io/?EIO=4&transport=polling&sid={sid}", content);
        Assert.Equal("4hello", await http.GetStringAsync($"/engine.io/?EIO=4&transport=polling&sid={sid}"));
        Assert.Equal(1, engine.SessionCount);

        await using var client = await RawClient.ConnectAsync(address);
        await client.UpgradeAsync($"/engine.io/?EIO=4&transport=websocket&sid={sid}");
        await client.SendAsync([.. RawFrame.OfText("5"), .. RawFrame.OfText("4again")]);

        Assert.Equal("4again", await client.ReadTextAsync());
        await upgraded.Task.Within();
        client.Reset();
        Assert.Equal("transport close", await closed.Task.Within());
        Assert.Equal(0, engine.SessionCount);
    }

    [Fact]
    public async Task Handlers_OfASocket_RunOneAfterAnother()
    {
        var told = new ConcurrentQueue<string>();
        var connecting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = new TaskCompletionSource();
        await using var server = new KodamaServer(new KodamaOptions());
        server.Endpoints.MapEngineIO(async socket =>
        {
            socket.OnMessage(async message =>
            {
                told.Enqueue($"begin {message.Text}");
                await Task.Yield();
                told.Enqueue($"end {message.Text}");
                if (message.Text == "b") socket.Close();
            });
            socket.OnClose(reason =>
            {
                told.Enqueue(reason);
                closed.SetResult();
            });
            await connecting.Task;
            told.Enqueue("connected");
        });
        await using var client = await ConnectAsync(server);
        await client.SendAsync([.. RawFrame.OfText("4a"), .. RawFrame.OfText("4b")]);

        connecting.SetResult();

        Assert.Empty((await client.ReadCloseAsync()).Payload);
        await client.DisposeAsync();
        await closed.Task.Within();
        Assert.Equal(["connected", "begin a", "end a", "begin b", "end b", "forced close"], told);
    }

    [Fact]
    public async Task Handler_ThatFails_EndsItsSession()
    {
        var closed = new TaskCompletionSource<string>();
        EngineSocket failing = null!;
        await using var server = new KodamaServer(new KodamaOptions());
        server.Endpoints.MapEngineIO(socket =>
        {
            failing = socket;
            socket.OnMessage(_ => throw new InvalidOperationException("On purpose."));
            socket.OnClose(closed.SetResult);
        });
        await using var client = await ConnectAsync(server);

        await client.SendAsync(RawFrame.OfText("4x"));

        await client.ReadCloseAsync();
        await client.DisposeAsync();
        Assert.Equal("transport error", await closed.Task.Within());
        Assert.False(failing.Send("late"));
    }

    [Fact]
    public async Task Client_ThatDoesNotRead_IsGivenUp()
    {
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = new TaskCompletionSource<string>();
        await using var server = new KodamaServer(new KodamaOptions());
        server.Endpoints.MapEngineIO(socket =>
        {
            socket.OnClose(closed.SetResult);
            while (socket.Send(new byte[64 * 1024])) { }
            full.SetResult();
        });
        await using var client = await ConnectAsync(server);

        await full.Task.Within();
        await client.DisposeAsync();

        Assert.Equal("transport error", await closed.Task.Within());
    }

    private static async Task<RawClient> ConnectAsync(KodamaServer server, int version = 4)
    {
        await server.StartAsync("127.0.0.1", 0).Within();
        var client = await RawClient.ConnectAsync(new Uri(server.Addresses[0]), receiveBuffer: 4096);
        await client.UpgradeAsync($"/engine.io/?EIO={version}&transport=websocket");
        Assert.StartsWith("0{", await client.ReadTextAsync(), StringComparison.Ordinal);
        return client;
    }
}
