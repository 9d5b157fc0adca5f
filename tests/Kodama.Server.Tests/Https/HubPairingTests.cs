using Kodama.Discovery;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>How many codes there are, and for how long.</summary>
public sealed class HubPairingTests
{
    private static readonly byte[] Nothing = new byte[32];

    private readonly FakeClock clock = new();
    private readonly List<PairingRequest> asked = [];
    private readonly HubPairing pairing;

    public HubPairingTests()
    {
        pairing = new HubPairing("f1f2", clock);
        pairing.Asked += asked.Add;
    }

    [Fact]
    public void Code_IsOneAtATime_AndOverAfterTwoMinutes()
    {
        Assert.Null(pairing.Begin(null, out var session));
        Assert.Equal(429, pairing.Begin(null, out _)!.StatusCode);
        clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(403, pairing.Commit(session, Nothing, out _)!.StatusCode);
        Assert.Null(pairing.Begin(null, out _));
        Assert.All(asked, a => Assert.Matches("^[0-9]{6}$", a.Code));
        Assert.Equal(2, asked.Count);
    }

    [Fact]
    public void Codes_AreFiveInTenMinutes()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(pairing.Begin(null, out var session));
            Assert.Null(pairing.Commit(session, Nothing, out _));
            Assert.Equal(403, pairing.Reveal(session, Nothing, out _, out _)!.StatusCode);
        }

        Assert.Equal(429, pairing.Begin(null, out _)!.StatusCode);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(pairing.Begin(null, out _));
    }

    [Fact]
    public void Steps_OfAStranger_DoNotEndTheCode()
    {
        Assert.Null(pairing.Begin(null, out var session));

        Assert.NotNull(pairing.Commit("another", Nothing, out _));
        Assert.NotNull(pairing.Reveal("another", Nothing, out _, out _));

        Assert.Null(pairing.Commit(session, Nothing, out _));
    }

    [Fact]
    public void Steps_OutOfTurn_EndTheCode()
    {
        Assert.Null(pairing.Begin(null, out var session));
        var proof = new PairingProof(session, "f1f2", asked[0].Code);
        Assert.Null(pairing.Commit(session, proof.Commit(isHub: false, 0, Nothing), out var ours));

        Assert.NotNull(pairing.Commit(session, proof.Commit(isHub: false, 1, Nothing), out var second));
        Assert.NotNull(pairing.Reveal(session, Nothing, out _, out _));

        Assert.Equal(32, ours.Length);
        Assert.Empty(second);
    }
}
