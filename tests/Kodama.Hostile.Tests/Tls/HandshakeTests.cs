using Kodama.Testing;

namespace Kodama.Hostile.Tests.Tls;

/// <summary>What comes before TLS is spoken.</summary>
public sealed class HandshakeTests(SecureSiege siege) : IClassFixture<SecureSiege>
{
    private const byte ChangeCipherSpec = 20;
    private const byte Alert = 21;
    private const byte Handshake = 22;
    private const byte ApplicationData = 23;
    private const byte Heartbeat = 24;

    [Fact]
    public Task Silent_FiveHundred() => siege.WithstandsAsync(async () =>
    {
        await using var silent = await Crowd.GatherAsync(500, siege.ConnectPlainAsync);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100)]
    public Task Hello_Half(int bytes) => HoldsAsync(hello => hello[..bytes]);

    [Fact]
    public Task Hello_AndNothingMore() => HoldsAsync(hello => hello);

    [Fact]
    public Task Hello_Twice() => HoldsAsync(hello => [.. hello, .. hello]);

    [Fact]
    public Task Hello_ThenReset() => siege.WithstandsAsync(async () =>
    {
        var hello = await ClientHello.CaptureAsync();
        for (var round = 0; round < 4; round++)
        {
            await using var storm = await Crowd.GatherAsync(50, siege.ConnectPlainAsync);
            await storm.EachAsync(client => client.SendAsync(hello));
            storm.Reset();
        }
    });

    [Fact]
    public Task Hello_WithBitsTurned_Seeded() => siege.WithstandsAsync(async () =>
    {
        var hello = await ClientHello.CaptureAsync();
        var random = new Random(20261128);
        for (var round = 0; round < 100; round++)
        {
            var turned = hello.ToArray();
            for (var i = 0; i < 5; i++) turned[random.Next(5, turned.Length)] ^= (byte)(1 << random.Next(8));
            await EndsAsync(turned);
        }
    });

    [Fact]
    public Task PlainHttp_IsEnded() =>
        siege.WithstandsAsync(() => EndsAsync([.. "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".Select(c => (byte)c)]));

    [Theory]
    [InlineData("zeros", new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("SSL 2", new byte[] { 0x80, 0x2E, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10 })]
    [InlineData("SSL 3", new byte[] { Handshake, 3, 0, 0, 4, 1, 0, 0, 0 })]
    [InlineData("record of 65,535 bytes", new byte[] { Handshake, 3, 1, 0xFF, 0xFF, 1, 0xFF, 0xFF, 0xFF })]
    [InlineData("empty handshake record", new byte[] { Handshake, 3, 1, 0, 0 })]
    [InlineData("data first", new byte[] { ApplicationData, 3, 3, 0, 1, 0 })]
    [InlineData("alert first", new byte[] { Alert, 3, 3, 0, 2, 2, 80 })]
    [InlineData("change of ciphers first", new byte[] { ChangeCipherSpec, 3, 3, 0, 1, 1 })]
    [InlineData("unknown record", new byte[] { 99, 3, 3, 0, 1, 1 })]
    public Task Record_Odd_IsEnded(string what, byte[] record) => siege.WithstandsAsync(async () =>
    {
        Assert.NotEmpty(what);
        await EndsAsync(record);
    });

    [Fact]
    public Task Cve_2014_0160_HeartbeatBeforeTheHandshake() => siege.WithstandsAsync(async () =>
    {
        // It promises 16 KiB and brings none: what comes back must not be the hub's memory.
        await using var client = await siege.ConnectPlainAsync();
        await client.SendAsync([.. await ClientHello.CaptureAsync(), Heartbeat, 3, 2, 0, 3, 1, 0x40, 0]);
        client.CompleteSending();
        await client.WaitForEndAsync();
    });

    [Fact]
    public Task Cve_2023_34462_HelloThatPromises16MiB() =>
        HoldsAsync(_ => [Handshake, 3, 1, 0x40, 0, 1, 0xFF, 0xFF, 0xFF, .. new byte[1000]]);

    [Fact]
    public Task Cve_2021_28165_RecordThatIsTooLarge() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(20, siege.ConnectPlainAsync);
        byte[] record = [Handshake, 3, 3, 0xFF, 0xFF, .. new byte[65_535]];
        await crowd.EachAsync(client => client.SendAsync(record));
        await crowd.EachAsync(client => client.WaitForEndAsync());
    });

    private Task HoldsAsync(Func<byte[], byte[]> begin) => siege.WithstandsAsync(async () =>
    {
        var begun = begin(await ClientHello.CaptureAsync());
        await using var crowd = await Crowd.GatherAsync(200, siege.ConnectPlainAsync);
        await crowd.EachAsync(client => client.SendAsync(begun));
        await siege.StillEchoesAsync();
    });

    private async Task EndsAsync(byte[] bytes)
    {
        await using var client = await siege.ConnectPlainAsync();
        await Crowd.ToleratesEndAsync(() => client.SendAsync(bytes));
        client.CompleteSending();
        await client.WaitForEndAsync();
    }
}
