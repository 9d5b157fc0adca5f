namespace Kodama.WebSockets.Tests;

/// <summary>RFC 7692 sections 5 and 7.1.</summary>
public class PerMessageDeflateTests
{
    private const string Both = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    private static readonly PerMessageDeflateOptions Plain = new();
    private static readonly PerMessageDeflateOptions Small = new() { PeerMaxWindowBits = 10 };
    private static readonly PerMessageDeflateOptions Takeover = new() { PeerContextTakeover = true };

    [Theory]
    [InlineData("permessage-deflate", Both)]
    [InlineData("permessage-deflate; client_max_window_bits", Both)]
    [InlineData("permessage-deflate; client_max_window_bits=10", Both + "; client_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=\"8\"", Both + "; client_max_window_bits=8")]
    [InlineData("permessage-deflate; server_max_window_bits=15", Both + "; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_no_context_takeover", Both)]
    [InlineData("permessage-deflate; client_no_context_takeover", Both)]
    [InlineData("permessage-deflate; server_max_window_bits=14", Both + "; server_max_window_bits=14", 14)]
    [InlineData("permessage-deflate; server_max_window_bits=\"8\"", Both + "; server_max_window_bits=8", 8)]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate", Both + "; server_max_window_bits=10", 10)]
    [InlineData(
        "permessage-deflate; server_max_window_bits=7; client_max_window_bits, permessage-deflate; client_max_window_bits=9",
        Both + "; client_max_window_bits=9")]
    [InlineData(
        "permessage-deflate; client_max_window_bits=11; server_max_window_bits=9",
        Both + "; server_max_window_bits=9; client_max_window_bits=11", 9)]
    [InlineData("x-webkit-deflate-frame, permessage-deflate; unknown, permessage-deflate; client_max_window_bits", Both)]
    public void TryAccept_OfferThatCanBeHonoured_IsAnswered(string offer, string expected, int serverBits = 15)
    {
        Assert.True(PerMessageDeflate.TryAccept(offer, Plain, out DeflateParameters? negotiated, out string? response));
        Assert.Equal(expected, response);
        Assert.True(negotiated.ServerNoContextTakeover);
        Assert.True(negotiated.ClientNoContextTakeover);
        Assert.Equal(serverBits, negotiated.ServerMaxWindowBits);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x-webkit-deflate-frame")]
    [InlineData("permessage-bzip2")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=15; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; client_no_context_takeover=true")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=010")]
    [InlineData("permessage-deflate; client_max_window_bits=+9")]
    [InlineData("permessage-deflate; client_max_window_bits=0")]
    [InlineData("permessage-deflate; client_max_window_bits=x")]
    [InlineData("permessage-deflate, ;")]
    public void TryAccept_OfferThatCannotBeHonoured_IsDeclined(string? offer)
    {
        Assert.False(PerMessageDeflate.TryAccept(offer, Plain, out DeflateParameters? negotiated, out string? response));
        Assert.Null(negotiated);
        Assert.Null(response);
    }

    [Theory]
    [InlineData("permessage-deflate", "permessage-deflate; server_no_context_takeover", false, 15)]
    [InlineData(
        "permessage-deflate; client_max_window_bits=9",
        "permessage-deflate; server_no_context_takeover; client_max_window_bits=9", false, 9)]
    [InlineData("permessage-deflate; client_no_context_takeover", Both, true, 15)]
    public void TryAccept_TakeoverAllowed_LetsTheClientKeepItsContext(string offer, string expected, bool clientKeepsNothing, int bits)
    {
        Assert.True(PerMessageDeflate.TryAccept(offer, Takeover, out DeflateParameters? negotiated, out string? response));
        Assert.Equal(expected, response);
        Assert.Equal(new DeflateParameters(true, clientKeepsNothing, 15, bits), negotiated);
    }

    /// <summary>Who did not offer to limit its window may not be asked to (RFC 7692 section 7.1.2.2).</summary>
    [Theory]
    [InlineData("permessage-deflate", Both, 15)]
    [InlineData("permessage-deflate; client_max_window_bits", Both + "; client_max_window_bits=10", 10)]
    [InlineData("permessage-deflate; client_max_window_bits=12", Both + "; client_max_window_bits=10", 10)]
    [InlineData("permessage-deflate; client_max_window_bits=9", Both + "; client_max_window_bits=9", 9)]
    public void TryAccept_SmallWindowWanted_AsksThoseWhoOffer(string offer, string expected, int clientBits)
    {
        Assert.True(PerMessageDeflate.TryAccept(offer, Small, out DeflateParameters? negotiated, out string? response));
        Assert.Equal(expected, response);
        Assert.Equal(new DeflateParameters(true, true, 15, clientBits), negotiated);
    }

    [Fact]
    public void Offer_NamesAllThatThisEndHonours()
    {
        const string Own = "permessage-deflate; client_no_context_takeover; client_max_window_bits";
        Assert.Equal(Own + "; server_no_context_takeover", PerMessageDeflate.Offer(Plain));
        Assert.Equal(Own, PerMessageDeflate.Offer(Takeover));
        Assert.Equal(Own + "; server_no_context_takeover; server_max_window_bits=10", PerMessageDeflate.Offer(Small));
    }

    [Fact]
    public void Offer_AnyOption_IsAcceptedByTheServersSide()
    {
        foreach (PerMessageDeflateOptions options in (PerMessageDeflateOptions[])[Plain, Takeover, Small])
        {
            Assert.True(PerMessageDeflate.TryAccept(
                PerMessageDeflate.Offer(options), options, out DeflateParameters? server, out string? response));
            Assert.True(PerMessageDeflate.TryConfirm(response, options, out DeflateParameters? client));
            Assert.Equal(server, client);
        }
    }

    [Fact]
    public void TryConfirm_NoHeader_IsNoCompression()
    {
        Assert.True(PerMessageDeflate.TryConfirm(null, Plain, out DeflateParameters? negotiated));
        Assert.Null(negotiated);
    }

    [Theory]
    [InlineData("permessage-deflate", false, 15)]
    [InlineData("permessage-deflate; client_max_window_bits=15", false, 15)]
    [InlineData("permessage-deflate; client_max_window_bits=9; server_max_window_bits=10", false, 10, 9)]
    [InlineData("permessage-deflate; client_max_window_bits=\"8\"", false, 15, 8)]
    [InlineData("permessage-deflate; server_no_context_takeover", true, 15)]
    [InlineData("permessage-deflate; client_no_context_takeover", false, 15)]
    [InlineData("permessage-deflate; server_max_window_bits=8", false, 8)]
    [InlineData("permessage-deflate; server_max_window_bits=\"12\"; server_no_context_takeover", true, 12)]
    public void TryConfirm_AnswerToTheOffer_IsNegotiated(string answer, bool serverKeepsNothing, int serverBits, int clientBits = 15)
    {
        Assert.True(PerMessageDeflate.TryConfirm(answer, Takeover, out DeflateParameters? negotiated));
        Assert.Equal(new DeflateParameters(serverKeepsNothing, true, serverBits, clientBits), negotiated);
    }

    [Theory]
    [InlineData("")]
    [InlineData("permessage-bzip2")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate, permessage-deflate")]
    [InlineData("permessage-deflate, other")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=9; client_max_window_bits=9")]
    [InlineData("permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    public void TryConfirm_AnythingElse_FailsTheHandshake(string answer) =>
        Assert.False(PerMessageDeflate.TryConfirm(answer, Takeover, out _));

    [Theory]
    [InlineData("permessage-deflate; server_no_context_takeover")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_max_window_bits=11")]
    public void TryConfirm_LargerWindowThanAskedFor_FailsTheHandshake(string answer) =>
        Assert.False(PerMessageDeflate.TryConfirm(answer, Small, out _));

    [Theory]
    [InlineData(7)]
    [InlineData(16)]
    public void PeerMaxWindowBits_ThatNoWindowHas_IsAWrongArgument(int bits) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PerMessageDeflateOptions { PeerMaxWindowBits = bits });

    [Fact]
    public void TryConfirm_ServerKeepsContextThatWasRefused_FailsTheHandshake() =>
        Assert.False(PerMessageDeflate.TryConfirm("permessage-deflate", Plain, out _));
}
