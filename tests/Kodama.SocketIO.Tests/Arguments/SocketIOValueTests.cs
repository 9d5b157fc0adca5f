using System.Text.Json;

namespace Kodama.SocketIO.Tests;

/// <summary>Values of any kind, with their bytes.</summary>
public sealed class SocketIOValueTests
{
    [Fact]
    public async Task Value_IsSentOnAsItCame()
    {
        using var server = new TestServer();
        server.IO.OnConnection(socket =>
        {
            socket.On<SocketIOValue, SocketIOValue>("turn", (first, second) => socket.Emit("turned", second, first));
            socket.On<SocketIOValue>("is", value => socket.Emit("is", value.TryGetBytes(out var bytes) ? bytes.Length : -1));
        });
        var client = await server.ComeAsync();

        await client.Session.SendAsync(
            """52-["turn",{"a":[{"num":1,"_placeholder":true},"x"],"n":null},{"b":{"_placeholder":true,"num":0}}]""");
        await client.Session.SendAsync([1]);
        await client.Session.SendAsync([2, 2]);
        Assert.Equal(
            """52-["turned",{"b":{"_placeholder":true,"num":0}},{"a":[{"_placeholder":true,"num":1},"x"],"n":null}]""",
            await client.ReadAsync());
        Assert.Equal("b:01", await client.ReadAsync());
        Assert.Equal("b:0202", await client.ReadAsync());

        await client.Session.SendAsync("""51-["is",{"_placeholder":true,"num":0}]""");
        await client.Session.SendAsync([1, 2, 3]);
        Assert.Equal("""2["is",3]""", await client.ReadAsync());
        await client.EmitAsync("""["is",{"_placeholder":true,"num":0}]""");
        Assert.Equal("""2["is",-1]""", await client.ReadAsync());
    }

    [Fact]
    public async Task Element_ThatWouldLoseBytes_IsRefused()
    {
        using var server = new TestServer();
        server.IO.OnConnection(socket =>
        {
            socket.OnError(error => socket.Emit("error", error.Message));
            socket.On<JsonElement>("x", value => socket.Emit("x", value));
        });
        var client = await server.ComeAsync();

        await client.Session.SendAsync("""51-["x",[{"_placeholder":true,"num":0}]]""");
        await client.Session.SendAsync([1]);
        Assert.Contains("SocketIOValue", await client.ReadAsync(), StringComparison.Ordinal);

        // Of an event without bytes it is an object like any.
        await client.EmitAsync("""["x",{"_placeholder":true,"num":0}]""");
        Assert.Equal("""2["x",{"_placeholder":true,"num":0}]""", await client.ReadAsync());
    }

    [Fact]
    public async Task Bytes_ThatCameAsText_AreRefused()
    {
        using var server = new TestServer();
        server.IO.OnConnection(socket =>
        {
            socket.OnError(error => socket.Emit("error", error.Message));
            socket.On<byte[]>("file", bytes => socket.Emit("file", bytes.Length));
        });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["file","text"]""");

        Assert.Contains("Bytes were expected, not String", await client.ReadAsync(), StringComparison.Ordinal);
    }
}
