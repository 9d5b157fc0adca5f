using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Kodama.Clients.Tests.Browsers;

/// <summary>A person before a browser of their own. Whatever the page complains of or asks of another host is noted, and fails the
/// test.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> complaints = new();
    private readonly IBrowserContext context;
    private readonly Uri hub;
    private readonly string[] expected;

    private Visitor(IBrowserContext context, IPage page, Uri hub, Look look, string[] expected)
    {
        this.context = context;
        this.hub = hub;
        this.expected = expected;
        Page = page;
        Look = look;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Complain(message.Text);
        };
        page.PageError += (_, error) => Complain(error);
        page.Dialog += (_, dialog) => Complain("a dialog: " + dialog.Message);
        page.Request += (_, request) => NoteAddress(request.Url);
        page.WebSocket += (_, socket) => NoteAddress(socket.Url);
    }

    public IPage Page { get; }

    public Look Look { get; }

    /// <summary>
    /// Opens a page of the hub, such as <c>#console</c>. What the browser will complain of rightly, such as a lost connection, is named.
    /// </summary>
    public static async Task<Visitor> OpenAsync(Chromium chromium, Uri hub, Look? look = null, string page = "", params string[] expected)
    {
        look ??= Look.Desk;
        var browser = await chromium.GetAsync();
        var context = await browser.NewContextAsync(look.Options).WaitAsync(Deadline.Opening);
        context.SetDefaultTimeout((float)Deadline.Step.TotalMilliseconds);
        var visitor = new Visitor(context, await context.NewPageAsync().WaitAsync(Deadline.Opening), hub, look, expected);
        await visitor.Page.GotoAsync(
            new Uri(hub, page).ToString(), new() { Timeout = (float)Deadline.Opening.TotalMilliseconds });
        return visitor;
    }

    public ILocator Find(string testId) => Page.GetByTestId(testId);

    /// <summary>Waits until the page has been drawn, and so has heard of a scroll.</summary>
    public Task NextFrameAsync() =>
        Page.EvaluateAsync("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");

    /// <summary>Keeps a picture for people to look at.</summary>
    public async Task PhotographAsync(string state, bool whole = false)
    {
        var path = Path.Combine(Repository.Screenshots, $"{state} {Look.Name}.png".Replace(' ', '-'));
        await Page.ScreenshotAsync(new() { Path = path, FullPage = whole });
    }

    /// <summary>Returns once a part has shown a text that fits, however shortly: what only looks now and then could miss it.</summary>
    public Task SeeAsync(string testId, string pattern) => Page.WaitForFunctionAsync(
        "([id, pattern]) => new RegExp(pattern).test(document.querySelector(`[data-testid=${id}]`).textContent)",
        new[] { testId, pattern });

    /// <summary>Whether something sticks out of the page's width, as nothing may on a phone.</summary>
    public async Task ExpectNoSidewaysScrollAsync() =>
        Assert.Equal(0, await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync().AsTask().WaitAsync(Deadline.Opening);
        if (!complaints.IsEmpty) Assert.Fail($"The page of {hub} complained:\n{string.Join('\n', complaints)}");
    }

    private void Complain(string what)
    {
        if (!expected.Any(text => what.Contains(text, StringComparison.Ordinal))) complaints.Enqueue(what);
    }

    private void NoteAddress(string address)
    {
        var url = new Uri(address);
        if (url.Scheme != "data" && url.Authority != hub.Authority) Complain("a request to another host: " + address);
    }
}
