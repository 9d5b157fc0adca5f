using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Kodama.Server.Tests;

/// <summary>Which tokens a key knows, and what becomes of those that lie (docs/specs/tokens.md).</summary>
public sealed class TokenSignatureTests
{
    private const string Hs256 = """{"alg":"HS256","typ":"JWT"}""";
    private const string Claims = """{"jti":"a1","name":"Anna","can":"write","exp":4000000000}""";

    private const string LongName = "name must have 1 to 64 characters, and no control characters";
    private const string LongRooms = "rooms must be 1 to 32 patterns of up to 255 bytes";

    // As any JWT library would sign with it: RFC 7515, the text's bytes are the key.
    private readonly string key = TokenSignature.NewKey();

    [Fact]
    public void Token_ThatWasSigned_SaysWhatItSaid()
    {
        var says = new PersonToken(
            "3f9c21d0a4b7", "Ännä 木霊", ["lobby", "game/*"], TokenRights.Read, DateTimeOffset.FromUnixTimeSeconds(4_000_000_000));

        var read = new TokenSignature(key).Read(new TokenSignature(key).Sign(says), out var wrong);

        Assert.Null(wrong);
        Assert.Equal(says with { Rooms = [] }, read! with { Rooms = [] });
        Assert.Equal(says.Rooms, read.Rooms);
    }

    [Fact]
    public void Token_OfAnotherProgram_IsRead()
    {
        var token = Signed(Hs256, """{"iss":"shop","jti":"a1","name":"Anna","can":"admin","exp":4000000000,"nbf":5,"sub":{"x":[1]}}""");

        var read = Read(token, out _)!;

        Assert.Equal(("Anna", TokenRights.Admin, 0), (read.Name, read.Can, read.Rooms.Count));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(5), read.NotBefore);
    }

    [Fact]
    public void Token_OfAnotherKey_IsWrong() =>
        Refused(Signed(Hs256, Claims, TokenSignature.NewKey()), told: null);

    /// <summary>No header chooses how it is looked at: whatever it names, the bytes must be signed by HMAC-SHA256.</summary>
    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"None","typ":"JWT"}""")]
    [InlineData("""{"alg":"HS512"}""")]
    [InlineData("""{"alg":"RS256","kid":"1","jku":"http://127.0.0.1/keys"}""")]
    [InlineData("""{"alg":"ES256","jwk":{"kty":"oct","k":"AAAA"}}""")]
    [InlineData("""{"alg":"hs256"}""")]
    [InlineData("""{"alg":["HS256"]}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""")]
    [InlineData("""["HS256"]""")]
    [InlineData("HS256")]
    [InlineData("")]
    public void Algorithm_OfTheHeader_DecidesNothing(string header)
    {
        var (head, claims) = (Encoded(header), Encoded(Claims));
        Refused($"{head}.{claims}.", told: null);
        Refused($"{head}.{claims}.{Encoded("")}", told: null);
        Refused($"{head}.{claims}.{Base64Url.EncodeToString(Sha512(key, $"{head}.{claims}"))}", told: null);
        // Signed, and with a header of ours it would count.
        Refused(Signed(header, Claims), "its alg must be HS256, without crit");
        Assert.NotNull(Read(Signed(Hs256, Claims), out _));
    }

    [Fact]
    public void Token_AlteredAnywhere_IsWrong()
    {
        var token = Signed(Hs256, Claims);
        for (var i = 0; i < token.Length; i++)
        {
            // The last character of a part may hold bits of no byte.
            foreach (var other in new[] { 'A', 'B', 'g', '_', '.', '=', '\0', '\u00e4', '\uD800' })
            {
                if (token[i] == other || (i == token.Length - 1 && IsSameByte(token[i], other))) continue;
                Assert.Null(Read(token[..i] + other + token[(i + 1)..], out _));
            }
            Assert.Null(Read(token[..i], out _));
            Assert.Null(Read(token.Insert(i, "A"), out _));
        }
        Assert.Null(Read(token + "A", out _));
        Assert.Null(Read($"{token}.{token}", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("secret")]
    [InlineData("\uD800.\uDC00.\uD800")]
    public void Text_ThatIsNoToken_IsWrong(string text) => Refused(text, told: null);

    [Fact]
    public void Token_TooLong_IsNotLookedAt()
    {
        string Long(int characters)
        {
            var token = Signed(Hs256, Padded(0));
            for (var more = 1; token.Length < characters; more++) token = Signed(Hs256, Padded(more));
            return token;
        }

        var longest = Long(TokenSignature.LongestToken);
        Assert.Equal(TokenSignature.LongestToken, longest.Length);
        Assert.NotNull(Read(longest, out _));
        Refused(Long(TokenSignature.LongestToken + 1), told: null);
        Refused(new string('.', 1_000_000), told: null);

        static string Padded(int more) => Claims[..^1] + $",\"x\":\"{new string('x', more)}\"}}";
    }

    [Theory]
    [InlineData("""{"name":"Anna","can":"write","exp":4000000000}""", "it has no jti")]
    [InlineData("""{"jti":7,"name":"Anna","can":"write","exp":4000000000}""", "it has no jti")]
    [InlineData("""{"jti":"a b","name":"Anna","can":"write","exp":4000000000}""", "jti must be 1 to 64 letters, digits, -, _ or .")]
    [InlineData("""{"jti":"a\n","name":"Anna","can":"write","exp":4000000000}""", "jti must be 1 to 64 letters, digits, -, _ or .")]
    [InlineData("""{"jti":"a","can":"write","exp":4000000000}""", "it has no name")]
    [InlineData("""{"jti":"a","name":"","can":"write","exp":4000000000}""", LongName)]
    [InlineData("""{"jti":"a","name":"A\u0007","can":"write","exp":4000000000}""", LongName)]
    [InlineData("""{"jti":"a","name":"\uD800","can":"write","exp":4000000000}""", "its claims are no JSON object")]
    [InlineData("""{"jti":"a","name":"Anna","exp":4000000000}""", "can must be read, write or admin")]
    [InlineData("""{"jti":"a","name":"Anna","can":"Admin","exp":4000000000}""", "can must be read, write or admin")]
    [InlineData("""{"jti":"a","name":"Anna","can":2,"exp":4000000000}""", "can must be read, write or admin")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write"}""", "exp must be seconds since 1970")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write","exp":"4000000000"}""", "exp must be seconds since 1970")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write","exp":4000000000.5}""", "exp must be seconds since 1970")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write","exp":1e300}""", "exp must be seconds since 1970")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write","exp":-1}""", "exp must be seconds since 1970")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write","exp":999999999999}""", "exp must be seconds since 1970")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write","exp":4000000000,"nbf":null}""", "nbf must be seconds since 1970")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write","exp":4000000000,"rooms":[]}""", "rooms must be a list of patterns")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write","exp":4000000000,"rooms":"lobby"}""", "rooms must be a list of patterns")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write","exp":4000000000,"rooms":null}""", "rooms must be a list of patterns")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write","exp":4000000000,"rooms":["lobby",1]}""", "rooms must be a list of patterns")]
    [InlineData("""{"jti":"a","name":"Anna","can":"write","exp":4000000000,"rooms":[""]}""", LongRooms)]
    [InlineData("""{"jti":"a","name":"A","can":"admin","exp":4000000000,"rooms":["*"]}""", "admin is for the whole hub, and has no rooms")]
    [InlineData("[]", "its claims are no JSON object")]
    [InlineData("{", "its claims are no JSON object")]
    [InlineData("", "its claims are no JSON object")]
    public void Claims_ThatLackSomething_AreRefused(string claims, string told) => Refused(Signed(Hs256, claims), told);

    [Fact]
    public void Claims_ThatNestDeeply_AreRefused() =>
        Refused(Signed(Hs256, $"{Claims[..^1]},\"x\":{new string('[', 1000)}{new string(']', 1000)}}}"), "its claims are no JSON object");

    private void Refused(string token, string? told)
    {
        Assert.Null(Read(token, out var wrong));
        Assert.Equal(told, wrong);
    }

    private PersonToken? Read(string token, out string? wrong) => new TokenSignature(key).Read(token, out wrong);

    private string Signed(string header, string claims, string? by = null)
    {
        var signed = $"{Encoded(header)}.{Encoded(claims)}";
        var mac = HMACSHA256.HashData(Encoding.ASCII.GetBytes(by ?? key), Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(mac)}";
    }

    private static byte[] Sha512(string by, string signed) =>
        HMACSHA512.HashData(Encoding.ASCII.GetBytes(by), Encoding.ASCII.GetBytes(signed));

    private static string Encoded(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    // 32 bytes leave two bits of the 43rd character over.
    private static bool IsSameByte(char one, char other)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return Alphabet.IndexOf(other, StringComparison.Ordinal) is >= 0 and var at
            && at >> 2 == Alphabet.IndexOf(one, StringComparison.Ordinal) >> 2;
    }
}
