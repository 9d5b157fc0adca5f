using System.Diagnostics;

namespace Kodama.Redis.Tests;

/// <summary>Sentinel puts a replica in the place of a primary that is gone, in front of hubs that asked it where Redis is.</summary>
public sealed class SentinelTests : IDisposable
{
    private readonly RedisServer primary = new();
    private readonly RedisServer replica;
    private readonly Sentinel sentinel;

    public SentinelTests()
    {
        replica = new RedisServer("--replicaof", "127.0.0.1", $"{primary.Port}", "--repl-diskless-sync-delay", "0");
        sentinel = new Sentinel(primary.Port);
    }

    public void Dispose()
    {
        sentinel.Dispose();
        replica.Dispose();
        primary.Dispose();
    }

    [Fact]
    public async Task Failover_ToAReplicaThatHasLess_IsAGapForThoseWhoHaveSeenMore()
    {
        await Settling.UntilAsync(() => replica.Run("info", "replication").Contains("master_link_status:up", StringComparison.Ordinal));
        await Settling.UntilAsync(() => sentinel.Knows(replica.Port));
        var patient = new RedisOptions { Patience = TimeSpan.FromSeconds(30) };
        await using var cluster = new Cluster($"127.0.0.1:{sentinel.Port},serviceName={Sentinel.Service}", redis: patient).With(2);
        var yui = await cluster[0].Hub.ComeAsync();
        var reader = await EngineContract.JoinAsync(cluster[1].Hub);
        for (var i = 1; i <= 96; i++) await yui.SayAsync($"m{i}").SettledAsync();
        Assert.Equal("1", primary.Run("wait", "1", "10000"));
        // The replica hears nothing more.
        replica.Halt(isHalted: true);
        primary.Run("client", "kill", "type", "replica");
        for (var i = 97; i <= 100; i++) await yui.SayAsync($"m{i}").SettledAsync();
        await Settling.UntilAsync(() => reader.Link.Received.Count == 100);
        var epoch = yui.Room.Epoch;

        primary.Kill();
        replica.Halt(isHalted: false);
        var next = await yui.SayAsync("next").SettledAsync();
        while (next.Code != RefusalCode.None) next = await yui.SayAsync("next").SettledAsync();
        await Settling.UntilAsync(() => reader.Link.Received.Contains("00000097next"));

        Assert.Equal(97, next.Offset);
        Assert.NotEqual(epoch, yui.Room.Epoch);
        Assert.Contains("00000096gap 100", reader.Link.Received);
        var known = await EngineContract.JoinAsync(cluster[1].Hub, Start.After(new Position(epoch, 94)));
        Assert.Equal((false, 94), (known.Joined.IsGap, known.Joined.Position.Offset));
        var lost = await EngineContract.JoinAsync(cluster[1].Hub, Start.After(new Position(epoch, 99)));
        Assert.Equal((true, 96), (lost.Joined.IsGap, lost.Joined.Position.Offset));
    }

    /// <summary>One of them, which is enough to decide.</summary>
    private sealed class Sentinel : IDisposable
    {
        public const string Service = "kodama";

        private readonly string folder = Directory.CreateTempSubdirectory("kodama-sentinel-").FullName;
        private readonly Process process;

        public Sentinel(int primary)
        {
            Port = RedisServer.FreePort();
            var file = Path.Combine(folder, "sentinel.conf");
            File.WriteAllText(file, $"""
                port {Port}
                bind 127.0.0.1
                dir {folder}
                sentinel monitor {Service} 127.0.0.1 {primary} 1
                sentinel down-after-milliseconds {Service} 1000
                sentinel failover-timeout {Service} 5000

                """);
            process = Process.Start(new ProcessStartInfo("redis-server", [file, "--sentinel"]) { RedirectStandardOutput = true })!;
            process.OutputDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
        }

        public int Port { get; }

        public bool Knows(int replica) =>
            RedisServer.Run(Port, "sentinel", "replicas", Service).Split('\n').Contains($"{replica}");

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
