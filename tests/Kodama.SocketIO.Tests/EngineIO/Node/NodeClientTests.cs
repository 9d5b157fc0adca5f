namespace Kodama.SocketIO.Tests;

/// <summary>engine.io-client of npm in a process of its own, against this server and against node's: both must look alike to it.</summary>
public sealed class NodeClientTests
{
    [Theory]
    [InlineData("polling", 4)]
    [InlineData("websocket", 4)]
    [InlineData("upgrade", 4)]
    [InlineData("polling", 3)]
    [InlineData("websocket", 3)]
    [InlineData("upgrade", 3)]
    public async Task Client_OfNpm_IsServedAsByNode(string mode, int version)
    {
        const int Count = 1000;
        await using var engine = await TestEngine.StartAsync(o => o.AllowEIO3 = true, prepare: CloseWhenAsked);
        var (node, address) = await NodeProcess.StartServerAsync(new { allowEIO3 = true });
        await using var process = node;

        var here = await NodeProcess.RunClientAsync(engine.Http, mode, Count, version);
        var there = await NodeProcess.RunClientAsync(address, mode, Count, version);

        Assert.Equal(there, here);
        Assert.Contains($"\"count\":{Count}", here, StringComparison.Ordinal);
        Assert.Equal(DisconnectReason.ForcedClose, await engine.Handler.Closed);
        Assert.Equal(0, engine.Engine.SessionCount);
        Assert.Equal(mode == "upgrade" ? 1 : 0, engine.Handler.Upgrades);
    }

    internal static void CloseWhenAsked(RecordingHandler handler)
    {
        handler.Echoes = false;
        handler.OnText = text =>
        {
            if (text == "close!") handler.Session.Close();
            else handler.Send(text);
            return Task.CompletedTask;
        };
        handler.OnBinary = bytes => handler.Send(bytes);
    }
}
