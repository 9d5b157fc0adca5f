using Kodama.WebSockets;

namespace Kodama.SocketIO.Tests;

public class JsonpPayloadTests
{
    [Theory]
    [InlineData("0", "6\u001e1", """___eio[0]("6\u001e1");""")]
    [InlineData("2x", "4\"\\\n", """___eio[2]("4\"\\\n");""")]
    [InlineData("", "6", """___eio[]("6");""")]
    [InlineData("1];alert(1);x[", "6", """___eio[11]("6");""")]
    [InlineData("1", "4a\u2028b\u2029", """___eio[1]("4a\u2028b\u2029");""")]
    [InlineData("1", "4\u2027\u2028\u2030", "___eio[1](\"4\u2027\\u2028\u2030\");")]
    public void Wrap_Body_IsAScript(string index, string body, string expected)
    {
        PooledBytes bytes = default;
        bytes.Append(Bytes.Of(body));
        JsonpPayload.Wrap(ref bytes, index);
        Assert.Equal(expected, Bytes.Text(bytes.Span));
        bytes.Return();
    }

    [Theory]
    [InlineData("d=40", "40")]
    [InlineData("d=40%1e42%5B%22a%22%5D", "40\u001e42[\"a\"]")]
    [InlineData("x=1&d=40&d=41", "40")]
    [InlineData("d=4a+b%2Bc", "4a b+c")]
    [InlineData("d=4%E2%82%AC", "4€")]
    [InlineData("d=4a%5Cnb", "4a\nb")]
    [InlineData("d=4a%5C%5Cnb", "4a\\nb")]
    [InlineData("d=4a%5C%5C%5Cnb", "4a\\\\nb")]
    [InlineData("d=", "")]
    public void TryRead_Form_IsFieldD(string form, string expected)
    {
        Assert.True(JsonpPayload.TryRead(Bytes.Of(form), out var body));
        Assert.Equal(expected, Bytes.Text(body!.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("40")]
    [InlineData("x=40")]
    [InlineData("dd=40")]
    public void TryRead_FormWithoutTheField_IsNothing(string form)
    {
        Assert.True(JsonpPayload.TryRead(Bytes.Of(form), out var body));
        Assert.Null(body);
    }

    [Theory]
    [InlineData("d=%")]
    [InlineData("d=%4")]
    [InlineData("d=%zz")]
    [InlineData("d=%+1")]
    [InlineData("x=1&d=%zz")]
    public void TryRead_MalformedField_IsRefused(string form) => Assert.False(JsonpPayload.TryRead(Bytes.Of(form), out _));
}
