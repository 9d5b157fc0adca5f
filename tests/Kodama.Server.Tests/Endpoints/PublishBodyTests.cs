using System.Net;
using System.Net.Sockets;

namespace Kodama.Server.Tests;

public sealed class PublishBodyTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publish_BodyAfterBody_KeepsTheConnection(bool chunked)
    {
        await using var server = new KodamaServer();
        await server.StartAsync("127.0.0.1", 0, TestContext.Current.CancellationToken);
        var connections = 0;
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync })
        {
            BaseAddress = new Uri(server.Addresses[0]),
            Timeout = Deadline,
        };

        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/rooms/lobby/messages")
            {
                Content = new StringContent("hello"),
            };
            request.Headers.TransferEncodingChunked = chunked;
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        Assert.Equal(1, connections);

        async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        {
            connections++;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
    }

    [Fact]
    public async Task Publish_ChunkedBodyOverTheBound_IsRefusedWith413()
    {
        await using var server = new KodamaServer(new KodamaOptions { MaxMessageSize = 1000 });
        await server.StartAsync("127.0.0.1", 0, TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(server.Addresses[0]), Timeout = Deadline };
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/rooms/lobby/messages")
        {
            Content = new StringContent(new string('a', 1001)),
        };
        request.Headers.TransferEncodingChunked = true;

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("[\n\"\\ud800\"]")]
    [InlineData("[{\"\\udc00\":1}]")]
    [InlineData("[\"\\ud83dx\"]")]
    public async Task Publish_ArgumentsWithHalfACharacter_AreRefusedAndSaidWhy(string body)
    {
        await using var hub = await TestHub.StartAsync();

        var cancelled = TestContext.Current.CancellationToken;
        using var answer = await hub.Client.PostAsync("/api/rooms/lobby/messages?event=x", new StringContent(body), cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = await answer.Content.ReadAsStringAsync(cancelled);
        Assert.Contains("INVALID_MESSAGE", error, StringComparison.Ordinal);
        Assert.Contains("\\\\ud800 to \\\\udfff come in pairs", error, StringComparison.Ordinal);
        Assert.Equal("""{"room":"lobby","messages":[]}""", await hub.Client.GetStringAsync("/api/rooms/lobby/messages", cancelled));
    }
}
