namespace Kodama.Discovery.Tests;

/// <summary>Whatever comes, it is read or refused; what was read can be written and is then read the same.</summary>
public class DnsFuzzTests
{
    private const int Runs = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TryRead_MutatedPackets_AreReadOrRefused(int seed)
    {
        var random = new Random(seed);
        var (read, refused) = (0, 0);
        for (var run = 0; run < Runs; run++)
        {
            var packet = Packets.Answer();
            for (var i = random.Next(1, 6); i > 0; i--) packet = Mutate(random, packet);
            if (!DnsMessage.TryRead(packet, out var message, out var error))
            {
                Assert.NotNull(error);
                refused++;
                continue;
            }
            read++;
            foreach (var again in DnsPackets.Split(message)) Assert.True(DnsMessage.TryRead(again, out _, out error), error);
            foreach (var record in message.Answers.Concat(message.Additionals)) Assert.NotNull(record.ToString());
        }
        Assert.InRange(read, Runs / 20, Runs);
        Assert.InRange(refused, Runs / 20, Runs);
    }

    [Fact]
    public void TryRead_Noise_IsReadOrRefused()
    {
        var random = new Random(3);
        for (var run = 0; run < Runs; run++)
        {
            var packet = new byte[random.Next(200)];
            random.NextBytes(packet);
            for (var i = 4; i < Math.Min(packet.Length, 12); i++) packet[i] &= (byte)(i % 2 == 0 ? 0 : 3);
            DnsMessage.TryRead(packet, out _, out _);
        }
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        var at = random.Next(bytes.Length);
        switch (random.Next(5))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2 when at + 1 < bytes.Length:
                (bytes[at], bytes[at + 1]) = ((byte)(0xC0 | random.Next(2)), (byte)random.Next(256));
                return bytes;
            case 3 when bytes.Length > 1:
                return [.. bytes[..at], .. bytes[(at + 1)..]];
            default:
                return [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
        }
    }
}
