namespace Kodama.SocketIO.Tests;

public class ConnectJsonTests
{
    [Theory]
    [InlineData(null, """{"sid":"a"}""")]
    [InlineData("b", """{"sid":"a","pid":"b"}""")]
    public void Granted_Ids_AreNodes(string? pid, string expected) => Assert.Equal(expected, Bytes.Text(ConnectJson.Granted("a", pid)));

    [Theory]
    [InlineData(EngineVersion.V4, "no \"you\"", "", """{"message":"no \"you\""}""")]
    [InlineData(EngineVersion.V4, "nope", """{"why":1}""", """{"message":"nope","data":{"why":1}}""")]
    [InlineData(EngineVersion.V3, "no \"you\"", "", """
        "no \"you\""
        """)]
    [InlineData(EngineVersion.V3, "nope", """{"why":1}""", """{"why":1}""")]
    internal void Refused_Reason_IsNodes(EngineVersion version, string message, string data, string expected) =>
        Assert.Equal(expected, Bytes.Text(ConnectJson.Refused(version, message, Bytes.Of(data))));
}
