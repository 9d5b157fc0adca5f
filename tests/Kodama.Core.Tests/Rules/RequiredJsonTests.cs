using static Kodama.Core.Tests.FilterTester;

namespace Kodama.Core.Tests;

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
        await tester.DropsAsync(Payload.Of("{}"u8.ToArray()), "Not a JSON object.");
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
