using Kodama.Clients.Tests.Hubs;
using Xunit.Sdk;

namespace Kodama.Clients.Tests.Browsers;

/// <summary>That a visitor notices what every test of the pages relies on it to notice.</summary>
public sealed class VisitorTests(Chromium chromium, SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public Task Visitor_OfAPageThatLogsAnError_Fails() => ExpectComplaintAsync("console.error('something is wrong')", "something is wrong");

    [Fact]
    public Task Visitor_OfAPageThatThrows_Fails() =>
        ExpectComplaintAsync("new Promise(done => setTimeout(() => { setTimeout(done); throw new Error('thrown'); }))", "thrown");

    [Fact]
    public Task Visitor_OfAPageThatAsksAnotherHost_Fails() =>
        ExpectComplaintAsync("new Promise(done => new WebSocket('ws://127.0.0.1:9/').onclose = () => done())", "another host");

    [Fact]
    public Task Visitor_OfAPageThatRunsAnInlineScript_Fails() =>
        ExpectComplaintAsync(
            "new Promise(done => { const image = new Image(); image.src = 'data:,'; image.onerror = done; "
            + "const script = document.createElement('script'); script.textContent = 'alert(1)'; document.body.append(script); })",
            "Content Security Policy");

    private async Task ExpectComplaintAsync(string script, string complaint)
    {
        var visitor = await Visitor.OpenAsync(chromium, shared.Hub.Url);
        await visitor.Page.EvaluateAsync($"async () => {{ await {script}; }}").WithDeadline();

        var failure = await Assert.ThrowsAnyAsync<XunitException>(async () => await visitor.DisposeAsync());

        Assert.Contains(complaint, failure.Message, StringComparison.Ordinal);
    }
}
