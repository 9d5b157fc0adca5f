using Microsoft.Playwright;

namespace Kodama.Clients.Tests.Browsers;

/// <summary>The Join page, as a person uses it.</summary>
internal sealed class JoinPage(Visitor visitor)
{
    public ILocator Room => visitor.Find("room-view");

    public ILocator Messages => visitor.Find("message").GetByTestId("payload");

    public ILocator People => visitor.Find("person");

    public ILocator Pending => visitor.Find("pending");

    public ILocator Reason => visitor.Find("reason");

    public ILocator Text => visitor.Find("text");

    public async Task EnterAsync(string name, string room)
    {
        await visitor.Find("name").FillAsync(name);
        await visitor.Find("room").FillAsync(room);
        await visitor.Find("enter").ClickAsync();
    }

    public async Task JoinAsync(string name, string room)
    {
        await EnterAsync(name, room);
        await ExpectStatusAsync("online");
    }

    public Task ExpectStatusAsync(string status) => Assertions.Expect(Room).ToHaveAttributeAsync("data-status", status);

    /// <summary>Until it is loaded anew, the page finds no way to a hub that is there again.</summary>
    public Task StayAwayAsync() => visitor.Page.EvaluateAsync("""
        () => {
          window.WebSocket = class extends WebSocket {
            constructor(url, protocols) {
              super(url.replace("/ws", "/nowhere"), protocols);
            }
          };
        }
        """);

    public async Task SayAsync(string text)
    {
        await Text.FillAsync(text);
        await Text.PressAsync("Enter");
    }

    /// <summary>Chooses a file, as by the dialog that a browser shows.</summary>
    public Task SendFileAsync(string name, byte[] content, string type = "application/octet-stream") =>
        visitor.Find("files").SetInputFilesAsync(new FilePayload { Name = name, MimeType = type, Buffer = content });

    /// <summary>Waits until so many messages are in sight, and gives their texts from the top.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(int count)
    {
        try
        {
            await Assertions.Expect(Messages).ToHaveCountAsync(count);
        }
        catch (PlaywrightException exception)
        {
            Assert.Fail($"{exception.Message}\nThere are: {string.Join(", ", await Messages.AllTextContentsAsync())}");
        }
        return await Messages.AllTextContentsAsync();
    }
}
