namespace Kodama.SocketIO.Tests;

/// <summary>engine.io-client of npm in a process of its own, against this server and against node's: both must look alike to it.</summary>
public sealed class NodeClientTests
{
    [Theory]
    [InlineData("polling")]
    [InlineData("websocket")]
    [InlineData("upgrade")]
    public async Task Client_OfNpm_IsServedAsByNode(string mode)
    {
        const int Count = 1000;
        await using var engine = await TestEngine.StartAsync(prepare: CloseWhenAsked);
        var (node, address) = await NodeProcess.StartServerAsync();
        await using var process = node;

        var here = await NodeProcess.RunClientAsync(engine.Http, mode, Count);
        var there = await NodeProcess.RunClientAsync(address, mode, Count);

        Assert.Equal(there, here);
        Assert.Contains($"\"count\":{Count}", here, StringComparison.Ordinal);
        Assert.Equal(EngineCloseReason.ForcedClose, await engine.Handler.Closed);
        Assert.Equal(0, engine.Engine.Count);
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
