using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO.Tests;

public class RefusalTests
{
    [Theory]
    [InlineData(EngineError.UnknownTransport, null, 400, """{"code":0,"message":"Transport unknown"}""")]
    [InlineData(EngineError.UnknownSid, null, 400, """{"code":1,"message":"Session ID unknown"}""")]
    [InlineData(EngineError.BadHandshakeMethod, null, 400, """{"code":2,"message":"Bad handshake method"}""")]
    [InlineData(EngineError.BadRequest, null, 400, """{"code":3,"message":"Bad request"}""")]
    [InlineData(EngineError.Forbidden, null, 403, """{"code":4,"message":"Forbidden"}""")]
    [InlineData(EngineError.Forbidden, "", 403, """{"code":4,"message":"Forbidden"}""")]
    [InlineData(EngineError.Forbidden, "not \"you\"", 403, """{"code":4,"message":"not \"you\""}""")]
    [InlineData(EngineError.UnsupportedVersion, null, 400, """{"code":5,"message":"Unsupported protocol version"}""")]
    internal async Task Write_IsNodes(EngineError error, string? message, int status, string expected)
    {
        var context = new DefaultHttpContext();
        var body = new MemoryStream();
        context.Response.Body = body;

        await (error == EngineError.Forbidden ? Refusal.Forbidden(message) : Refusal.Of(error, message)).WriteAsync(context);

        Assert.Equal((status, expected), (context.Response.StatusCode, Bytes.Text(body.ToArray())));
        Assert.Equal(expected.Length, context.Response.ContentLength);
    }
}
