using System.Net;
using static Kodama.Core.Tests.FilterTester;

namespace Kodama.Core.Tests;

public class MessageSizeTests
{
    [Fact]
    public async Task MaxMessageSize_TextAndBinary_HaveBoundsOfTheirOwn()
    {
        var tester = await MakeAsync(rules => rules.MaxMessageSize(text: 4, binary: 2));

        await tester.PassesAsync("four");
        await tester.DropsAsync("fivee", "Too large: 5 bytes of text, and 4 are allowed.");
        await tester.DropsAsync("木霊", "Too large: 6 bytes of text, and 4 are allowed.");
        await tester.PassesAsync(Payload.Binary(new byte[2]));
        await tester.DropsAsync(Payload.Binary(new byte[3]), "Too large: 3 bytes of binary data, and 2 are allowed.");
        await tester.PassesAsync(Json("[1]", new byte[1], new byte[1]));
        await tester.DropsAsync(Json("[1]", new byte[2], new byte[1]), "Too large: 3 bytes of binary data, and 2 are allowed.");
        await tester.DropsAsync(Json("[123]"), "Too large: 5 bytes of text, and 4 are allowed.");
    }

    [Fact]
    public async Task MaxMessageSize_OneBound_HoldsForBoth()
    {
        var tester = await MakeAsync(rules => rules.MaxMessageSize(3));

        await tester.PassesAsync(Payload.Binary(new byte[3]));
        await tester.DropsAsync(Payload.Binary(new byte[4]), "Too large: 4 bytes of binary data, and 3 are allowed.");
    }
}

public class BannedWordsTests
{
    private const string Why = "It contains a word that is not allowed here.";

    [Theory]
    [InlineData("class assessment", true)]
    [InlineData("An ASS!", false)]
    [InlineData("ass", false)]
    [InlineData("bass ass", false)]
    [InlineData("ass_1", true)]
    [InlineData("a dumb idea", true)]
    [InlineData("a dumb luck", false)]
    [InlineData("Österreich", true)]
    [InlineData("ein ÖSE", false)]
    [InlineData("お前は馬鹿だ", false)]
    [InlineData("", true)]
    public async Task BanWords_Texts_DropsThoseWithAWholeWord(string text, bool passes)
    {
        var tester = await MakeAsync(rules => rules.BanWords(["ass", "dumb luck", "öse", "馬鹿"]));

        if (passes) await tester.PassesAsync(text);
        else await tester.DropsAsync(text, Why);
    }

    [Fact]
    public async Task BanWords_Replace_PutsAnAsteriskForEachCharacter()
    {
        var tester = await MakeAsync(rules => rules.BanWords(["bad", "bad luck", "馬鹿"], BannedWordAction.Replace));

        await tester.PassesAsync("Bad bad luck, badly: 馬鹿", "*** ********, badly: **");
        await tester.PassesAsync("good");
    }

    [Fact]
    public async Task BanWords_ReplaceInArguments_ChangesStringsAndKeepsTheRestByteForByte()
    {
        var tester = await MakeAsync(rules => rules.BanWords(["bad"], BannedWordAction.Replace));

        await tester.PassesAsync(Json("""[ 1.50, "b\u0061d \"x\" é", {"bad": ["so BAD"]}, null]"""), """[ 1.50, "*** \"x\" é", {"bad": ["so ***"]}, null]""");
    }

    [Theory]
    [InlineData("""["fine", "very b\u0061d"]""", Why)]
    [InlineData("""["fine" """, "Its arguments are not JSON.")]
    [InlineData("""["\ud800"]""", "Its arguments are not JSON.")]
    public async Task BanWords_Arguments_DropsThem(string arguments, string why)
    {
        var tester = await MakeAsync(rules => rules.BanWords(["bad"]));

        await tester.DropsAsync(Json(arguments), why);
    }

    [Fact]
    public async Task BanWords_Binary_PassesUnread()
    {
        var tester = await MakeAsync(rules => rules.BanWords(["bad"]));

        await tester.PassesAsync(Payload.Binary("bad"u8.ToArray()));
    }

    [Fact]
    public void BanWords_EmptyWord_Throws() => Assert.Throws<ArgumentException>(() => new HubRules().BanWords(["bad", " "]));
}

public class RequiredJsonTests
{
    [Theory]
    [InlineData("""{"type":"a","value":null,"more":[1]}""", null)]
    [InlineData(""" {"value":{"type":1},"type":2} """, null)]
    [InlineData("""{"typ\u0065":1,"value":2}""", null)]
    [InlineData("""{"value":{"type":1}}""", "The JSON field \"type\" is missing.")]
    [InlineData("""{"type":1}""", "The JSON field \"value\" is missing.")]
    [InlineData("""{}""", "The JSON field \"type\" is missing.")]
    [InlineData("""[{"type":1,"value":2}]""", "Not a JSON object.")]
    [InlineData("""{"type":1,"value":2}{}""", "Not a JSON object.")]
    [InlineData("""{"type":1,"value":2""", "Not a JSON object.")]
    [InlineData("hello", "Not a JSON object.")]
    [InlineData("", "Not a JSON object.")]
    public async Task RequireJson_Text_MustBeAnObjectWithTheFields(string text, string? why)
    {
        var tester = await MakeAsync(rules => rules.RequireJson("type", "value"));

        if (why is null) await tester.PassesAsync(text);
        else await tester.DropsAsync(text, why);
    }

    [Theory]
    [InlineData("""[{"type":1}, 2]""", null)]
    [InlineData("""[{"a":{"type":1}}, {"type":1}]""", "The JSON field \"type\" is missing.")]
    [InlineData("""["type"]""", "Not a JSON object.")]
    [InlineData("""[[{"type":1}]]""", "Not a JSON object.")]
    [InlineData("[]", "Not a JSON object.")]
    public async Task RequireJson_Arguments_TheFirstMustBeAnObjectWithTheFields(string arguments, string? why)
    {
        var tester = await MakeAsync(rules => rules.RequireJson("type"));

        if (why is null) await tester.PassesAsync(Json(arguments));
        else await tester.DropsAsync(Json(arguments), why);
    }

    [Fact]
    public async Task RequireJson_NestedTooDeep_IsDropped()
    {
        var tester = await MakeAsync(rules => rules.RequireJson());

        await tester.PassesAsync($"{{\"a\":{new string('[', 31)}{new string(']', 31)}}}");
        await tester.DropsAsync($"{{\"a\":{new string('[', 32)}{new string(']', 32)}}}", "Not a JSON object.");
        await tester.DropsAsync(Payload.Binary("{}"u8.ToArray()), "Not a JSON object.");
    }

    [Fact]
    public async Task RequireJson_SixtyFourFields_AllCount()
    {
        var fields = Enumerable.Range(0, 64).Select(i => $"f{i}").ToArray();
        var tester = await MakeAsync(rules => rules.RequireJson(fields));

        await tester.PassesAsync($"{{{string.Join(',', fields.Select(f => $"\"{f}\":0"))}}}");
        await tester.DropsAsync($"{{{string.Join(',', fields[..63].Select(f => $"\"{f}\":0"))}}}", "The JSON field \"f63\" is missing.");
        Assert.Throws<ArgumentException>(() => new HubRules().RequireJson([.. fields, "f64"]));
    }
}

public class PayloadKindTests
{
    [Fact]
    public async Task TextOnly_Binary_IsDropped()
    {
        var tester = await MakeAsync(rules => rules.TextOnly());

        await tester.PassesAsync("text");
        await tester.PassesAsync(Json("[1]"));
        await tester.DropsAsync(Payload.Binary(new byte[1]), "Only text is allowed here.");
        await tester.DropsAsync(Json("[1]", new byte[1]), "Only text is allowed here.");
    }

    [Fact]
    public async Task BinaryOnly_Text_IsDropped()
    {
        var tester = await MakeAsync(rules => rules.BinaryOnly());

        await tester.PassesAsync(Payload.Binary("x"u8.ToArray()));
        await tester.DropsAsync("text", "Only binary messages are allowed here.");
        await tester.DropsAsync(Json("[1]", new byte[1]), "Only binary messages are allowed here.");
    }
}

public class RateLimitTests
{
    private const string Why = "Too many messages: at most 2 per 3600 s are allowed.";

    [Fact]
    public async Task RateLimit_MoreThanAllowed_DropsTheRestOfThisPeerAlone()
    {
        var tester = await MakeAsync(rules => rules.RateLimit(2, TimeSpan.FromHours(1)));

        await tester.PassesAsync("1");
        await tester.PassesAsync("2");
        await tester.DropsAsync("3", Why);
        Assert.Null((await tester.Listener.SayAsync("mine")).Refusal);
    }

    [Fact]
    public async Task RateLimit_Burst_AllowsSoManyAtOnce()
    {
        var tester = await MakeAsync(rules => rules.RateLimit(2, TimeSpan.FromHours(1), burst: 5));

        for (var i = 0; i < 5; i++) await tester.PassesAsync($"{i}");
        await tester.DropsAsync("6", Why);
    }

    [Fact]
    public async Task RateLimit_AfterATime_PassesAgain()
    {
        // The limiter's clock is the machine's: asked again and again, it must say yes within the deadline.
        var tester = await MakeAsync(rules => rules.RateLimit(100, TimeSpan.FromSeconds(1), burst: 1));
        await tester.PassesAsync("1");

        using var deadline = new CancellationTokenSource(Deadline.Limit);
        while ((await tester.Speaker.SayAsync("again")).Refusal is not null)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task RateLimit_HttpPeersOfOneAddress_ShareABucket()
    {
        var rules = new HubRules().RateLimit(2, TimeSpan.FromHours(1));
        var hub = new Hub(rules: rules);
        var room = (await hub.ComeAsync()).Room;
        var (mine, mapped, yours) = (IPAddress.Parse("192.168.1.2"), IPAddress.Parse("::ffff:192.168.1.2"), IPAddress.Parse("192.168.1.3"));

        Assert.Null(await SayOnceAsync(mine));
        Assert.Null(await SayOnceAsync(mapped));
        Assert.Equal(Why, await SayOnceAsync(mine));
        Assert.Null(await SayOnceAsync(yours));

        async Task<string?> SayOnceAsync(IPAddress address)
        {
            var peer = await hub.ComeAsync(room: null, address: address, door: "http");
            var result = await peer.SayAsync("x", room: room);
            peer.Go();
            return result.Refusal;
        }
    }

    [Fact]
    public async Task RateLimit_MoreHttpAddressesThanItKeeps_ShareOneBucket()
    {
        var rules = new HubRules().RateLimit(2, TimeSpan.FromHours(1));
        var filter = (RateLimit)rules.Filters[0];
        var hub = new Hub(rules: rules);
        var room = (await hub.ComeAsync()).Room;

        for (var i = 0; i < RateLimit.MaxAddresses; i++) Assert.Null(await SayOnceAsync(i));
        Assert.Null(await SayOnceAsync(5000));
        Assert.Null(await SayOnceAsync(5001));
        Assert.Equal(Why, await SayOnceAsync(5002));
        Assert.Equal(RateLimit.MaxAddresses + 1, filter.AddressCount);

        async Task<string?> SayOnceAsync(int number)
        {
            var peer = await hub.ComeAsync(room: null, address: new IPAddress([10, 0, (byte)(number >> 8), (byte)number]), door: "http");
            var result = await peer.SayAsync("x", room: room);
            peer.Go();
            return result.Refusal;
        }
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    public void RateLimit_ValueThatMakesNoSense_Throws(int messages, int seconds, int burst) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HubRules().RateLimit(messages, TimeSpan.FromSeconds(seconds), burst));
}
