using System.Net;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class NewcomersTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly Newcomers newcomers;
    private int come;

    public NewcomersTests() =>
        newcomers = new Newcomers(new NewcomerLimits(Most: 6, MostPerAddress: 3, Silence: TimeSpan.FromSeconds(10)), clock);

    public void Dispose() => newcomers.Dispose();

    [Fact]
    public void Newcomer_SilentForTooLong_IsDropped()
    {
        var (silent, half) = (Come("10.0.0.1"), Come("10.0.0.2", spoken: true));

        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(silent.IsDropped);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(silent.IsDropped);
        // Kestrel has a deadline for heads that come in drips.
        Assert.False(half.IsDropped);
        Assert.Equal(1, newcomers.Dropped);
        Assert.Equal(1, newcomers.Count);
    }

    [Fact]
    public void Newcomers_OfOneAddressBeyondTheBound_AreDroppedAfterABreath()
    {
        var half = Come("10.0.0.1", spoken: true);
        var crowd = Enumerable.Range(0, 5).Select(_ => Come("10.0.0.1")).ToArray();
        var other = Come("10.0.0.2");

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.DoesNotContain(crowd, c => c.IsDropped);
        clock.Advance(TimeSpan.FromSeconds(1));

        // The silent before the half, the oldest first.
        Assert.Equal([true, true, true, false, false], crowd.Select(c => c.IsDropped));
        Assert.False(half.IsDropped);
        Assert.False(other.IsDropped);
    }

    [Fact]
    public void Newcomers_OfManyAddressesBeyondTheBound_AreDroppedAfterABreath()
    {
        var all = Enumerable.Range(1, 8).Select(i => Come($"10.0.0.{i}")).ToArray();

        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([true, true, false, false, false, false, false, false], all.Select(c => c.IsDropped));
    }

    [Theory]
    [InlineData("fd00::1", "fd00::2")]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1")]
    public void Newcomers_OfOneHost_CountTogether(string one, string other)
    {
        var all = new[] { Come(one), Come(one), Come(other), Come(other) };

        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(3, all.Count(c => !c.IsDropped));
    }

    [Fact]
    public void Newcomer_WhoseBytesTheHubHasNotRead_IsKept()
    {
        var late = Come("10.0.0.1");
        late.HasUnread = true;

        clock.Advance(TimeSpan.FromSeconds(20));

        Assert.False(late.IsDropped);
        Assert.Equal(0, newcomers.MakeRoom());
    }

    [Fact]
    public void MakeRoom_AmongMany_TakesTheSilentOfTheLargestCrowdFirst()
    {
        var half = Come("10.0.0.1", spoken: true);
        var alone = Come("10.0.0.2");
        var crowd = Enumerable.Range(0, 14).Select(_ => Come("10.0.0.3")).ToArray();

        // Their requests may be on the way.
        Assert.Equal(0, newcomers.MakeRoom());
        clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(2, newcomers.MakeRoom());

        Assert.True(crowd[0].IsDropped && crowd[1].IsDropped);
        while (crowd.Count(c => !c.IsDropped) > 1) Assert.True(newcomers.MakeRoom() > 0);
        Assert.False(alone.IsDropped);
        Assert.Equal(1, newcomers.MakeRoom());
        Assert.True(alone.IsDropped);
        Assert.Equal(1, newcomers.MakeRoom());
        Assert.False(half.IsDropped);
        Assert.Equal(1, newcomers.MakeRoom());
        Assert.True(half.IsDropped);
        Assert.Equal(0, newcomers.MakeRoom());
    }

    private Newcomer Come(string address, bool spoken = false)
    {
        // Each a little later than the one before.
        var newcomer = new Newcomer
        {
            Address = IPAddress.Parse(address),
            ArrivedAt = clock.GetTimestamp() - 1000 + ++come,
            HasSpoken = spoken,
        };
        newcomers.Add(newcomer);
        return newcomer;
    }

    private sealed class Newcomer : INewcomer
    {
        public IPAddress? Address { get; init; }

        public long ArrivedAt { get; init; }

        public bool HasSpoken { get; init; }

        public bool HasUnread { get; set; }

        public bool IsDropped { get; private set; }

        public void Drop()
        {
            Assert.False(IsDropped);
            IsDropped = true;
        }
    }
}
