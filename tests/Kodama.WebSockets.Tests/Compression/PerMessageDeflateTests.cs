namespace Kodama.WebSockets.Tests;

/// <summary>RFC 7692 sections 5 and 7.1.</summary>
public class PerMessageDeflateTests
{
    private const string Both = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    private static readonly PerMessageDeflateOptions Plain = new();
    private static readonly PerMessageDeflateOptions Takeover = new() { PeerContextTakeover = true };

    [Theory]
    [InlineData("permessage-deflate", Both)]
    [InlineData("permessage-deflate; client_max_window_bits", Both)]
    [InlineData("permessage-deflate; client_max_window_bits=10", Both + "; client_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=\"8\"", Both + "; client_max_window_bits=8")]
    [InlineData("permessage-deflate; server_max_window_bits=15", Both + "; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_no_context_takeover", Both)]
    [InlineData("permessage-deflate; client_no_context_takeover", Both)]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate", Both)]
    [InlineData("permessage-deflate; server_max_window_bits=10; client_max_window_bits, permessage-deflate; client_max_window_bits=9", Both + "; client_max_window_bits=9")]
    [InlineData("x-webkit-deflate-frame, permessage-deflate; unknown, permessage-deflate; client_max_window_bits", Both)]
    public void TryAccept_OfferThatCanBeHonoured_IsAnswered(string offer, string expected)
    {
        Assert.True(PerMessageDeflate.TryAccept(offer, Plain, out DeflateParameters? negotiated, out string? response));
        Assert.Equal(expected, response);
        Assert.True(negotiated.ServerNoContextTakeover);
        Assert.True(negotiated.ClientNoContextTakeover);
        Assert.Equal(15, negotiated.ServerMaxWindowBits);
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
    [InlineData("permessage-deflate; server_max_window_bits=14")]
    [InlineData("permessage-deflate; server_max_window_bits=8")]
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
    [InlineData("permessage-deflate; client_max_window_bits=9", "permessage-deflate; server_no_context_takeover; client_max_window_bits=9", false, 9)]
    [InlineData("permessage-deflate; client_no_context_takeover", Both, true, 15)]
    public void TryAccept_TakeoverAllowed_LetsTheClientKeepItsContext(string offer, string expected, bool clientKeepsNothing, int bits)
    {
        Assert.True(PerMessageDeflate.TryAccept(offer, Takeover, out DeflateParameters? negotiated, out string? response));
        Assert.Equal(expected, response);
        Assert.Equal(new DeflateParameters(true, clientKeepsNothing, 15, bits), negotiated);
    }

    [Fact]
    public void Offer_EitherOption_IsAcceptedByTheServersSide()
    {
        foreach (PerMessageDeflateOptions options in (PerMessageDeflateOptions[])[Plain, Takeover])
        {
            Assert.True(PerMessageDeflate.TryAccept(PerMessageDeflate.Offer(options), options, out DeflateParameters? server, out string? response));
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
    [InlineData("permessage-deflate; server_no_context_takeover", true, 15)]
    [InlineData("permessage-deflate; client_no_context_takeover", false, 15)]
    [InlineData("permessage-deflate; server_max_window_bits=8", false, 8)]
    [InlineData("permessage-deflate; server_max_window_bits=\"12\"; server_no_context_takeover", true, 12)]
    public void TryConfirm_AnswerToTheOffer_IsNegotiated(string answer, bool serverKeepsNothing, int serverBits)
    {
        Assert.True(PerMessageDeflate.TryConfirm(answer, Takeover, out DeflateParameters? negotiated));
        Assert.Equal(new DeflateParameters(serverKeepsNothing, true, serverBits, 15), negotiated);
    }

    [Theory]
    [InlineData("")]
    [InlineData("permessage-bzip2")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate, permessage-deflate")]
    [InlineData("permessage-deflate, other")]
    [InlineData("permessage-deflate; client_max_window_bits=15")]
    [InlineData("permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    public void TryConfirm_AnythingElse_FailsTheHandshake(string answer) => Assert.False(PerMessageDeflate.TryConfirm(answer, Takeover, out _));

    [Fact]
    public void TryConfirm_ServerKeepsContextThatWasRefused_FailsTheHandshake() =>
        Assert.False(PerMessageDeflate.TryConfirm("permessage-deflate", Plain, out _));
}
