using System.Net;
using System.Net.WebSockets;

namespace Kodama.Samples.Tests;

public sealed class QuizTests
{
    [Fact]
    public async Task Quiz_RightAnswer_ScoresForItsPlayerAndAsksOn()
    {
        await using var sample = await SampleProcess.StartAsync("Quiz", "0");
        using var yui = await TextClient.ConnectAsync(sample.WebSocketAddress("ws?name=Yui"));
        Assert.StartsWith("Welcome, Yui. What is the highest", await yui.ReceiveAsync(), StringComparison.Ordinal);
        using var ren = await TextClient.ConnectAsync(sample.WebSocketAddress("ws?name=Ren"));
        Assert.StartsWith("Welcome, Ren. What is the highest", await ren.ReceiveAsync(), StringComparison.Ordinal);

        await ren.SendAsync("Tate");
        await ren.SendAsync(" fuji ");
        await ren.ReceiveAsync(text => text == "Ren is right: Fuji.");
        await ren.ReceiveAsync(text => text.StartsWith("How many bits", StringComparison.Ordinal));
        await yui.ReceiveAsync(text => text.StartsWith("How many bits", StringComparison.Ordinal));
        await yui.SendAsync("128");
        await ren.ReceiveAsync(text => text.StartsWith("Which opcode", StringComparison.Ordinal));
        await ren.SendAsync("9");

        Assert.Equal("Scores: Ren 2, Yui 1.", await yui.ReceiveAsync(text => text.StartsWith("Scores", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("ws?name=yui", "The name \"yui\" is taken: choose another.")]
    [InlineData("ws", "The detail \"name\" is missing: connect with one.")]
    [InlineData("ws?name=%3Cb%3E", "The name \"<b>\" is not allowed. Use letters, digits, spaces, - and _.")]
    public async Task Quiz_NameThatIsNotAllowed_IsRefusedWithTheReason(string path, string reason)
    {
        await using var sample = await SampleProcess.StartAsync("Quiz", "0");
        using var yui = await TextClient.ConnectAsync(sample.WebSocketAddress("ws?name=Yui"));
        await yui.ReceiveAsync();

        using var other = await TextClient.ConnectAsync(sample.WebSocketAddress(path));

        Assert.Null(await other.ReceiveAsync());
        Assert.Equal((WebSocketCloseStatus)3000, other.CloseStatus);
        Assert.Equal(reason, other.CloseReason);
    }

    [Fact]
    public async Task Quiz_FourthGuessAtOnce_IsNotHeard()
    {
        await using var sample = await SampleProcess.StartAsync("Quiz", "0");
        using var yui = await TextClient.ConnectAsync(sample.WebSocketAddress("ws?name=Yui"));
        await yui.ReceiveAsync();
        using var ren = await TextClient.ConnectAsync(sample.WebSocketAddress("ws?name=Ren"));
        await ren.ReceiveAsync();

        foreach (var guess in (string[])["Tate", "Haku", "Hotaka", "Fuji"]) await ren.SendAsync(guess);
        // Comes behind them all: the close frame is read after the guesses.
        await ren.CloseAsync();
        await yui.SendAsync("Fuji");

        Assert.Equal("Yui is right: Fuji.", await yui.ReceiveAsync(text => text.Contains("is right", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Quiz_AnswerOverHttp_IsNobodysAndHarmsNothing()
    {
        await using var sample = await SampleProcess.StartAsync("Quiz", "0");
        using var yui = await TextClient.ConnectAsync(sample.WebSocketAddress("ws?name=Yui"));
        await yui.ReceiveAsync();
        using var http = new HttpClient { BaseAddress = sample.Address };
        using var deadline = Deadline.Source();

        Assert.Equal(HttpStatusCode.Forbidden, await AnswerAsync(""));
        Assert.Equal(HttpStatusCode.Forbidden, await AnswerAsync("?name=Yui"));
        Assert.Equal(HttpStatusCode.Accepted, await AnswerAsync("?name=Ren"));
        await yui.SendAsync("Fuji");

        Assert.Equal("Yui is right: Fuji.", await yui.ReceiveAsync(text => text.Contains("is right", StringComparison.Ordinal)));

        async Task<HttpStatusCode> AnswerAsync(string query)
        {
            using var answer = await http.PostAsync(
                new Uri($"api/rooms/quiz/messages{query}", UriKind.Relative), new StringContent("Fuji"), deadline.Token);
            return answer.StatusCode;
        }
    }
}
