using System.Net;
using System.Net.Http.Headers;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Serve;

public sealed class AdminServeTests
{
    private const string Given = "of-whoever-runs-the-hub";

    private static readonly string[] Local = ["serve", "--host", "127.0.0.1", "--port", "0"];

    [Theory]
    [InlineData("")]
    [InlineData("?token=open-sesame", "--token", "open-sesame")]
    public async Task Serve_WithoutAnAdminToken_PrintsALinkWithOneThatItMade(string query, params string[] arguments)
    {
        await using var kodama = KodamaProcess.Start([.. Local, .. arguments]);
        await using var other = KodamaProcess.Start(Local);

        var link = await LinkAsync(kodama);
        var otherLink = await LinkAsync(other);

        Assert.Equal("/kodama", link.AbsolutePath);
        Assert.Equal(query, link.Query);
        Assert.StartsWith("#admin=", link.Fragment, StringComparison.Ordinal);
        var token = link.Fragment["#admin=".Length..];
        Assert.Equal(22, token.Length);
        Assert.NotEqual(link.Fragment, otherLink.Fragment);
        Assert.Equal(HttpStatusCode.Accepted, await AnnounceAsync(link, token));
        Assert.Equal(HttpStatusCode.Forbidden, await AnnounceAsync(otherLink, token));
    }

    [Fact]
    public async Task Serve_WithAnAdminToken_TakesItAndPrintsNone()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--admin-token", Given]);
        var address = await kodama.AddressAsync();

        Assert.Equal(HttpStatusCode.Accepted, await AnnounceAsync(address, Given));
        kodama.Signal(KodamaProcess.Terminate);
        var exit = await kodama.ExitAsync();
        Assert.DoesNotContain("admin", exit.Output, StringComparison.Ordinal);
        Assert.Equal("", exit.Error);
    }

    [Fact]
    public async Task Serve_WithAnAdminTokenInTheEnvironment_TakesItAlsoWhereItIsQuiet()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--quiet"], null, ("Kodama__AdminToken", Given));

        Assert.Equal(HttpStatusCode.Accepted, await AnnounceAsync(await kodama.AddressAsync(), Given));
    }

    [Fact]
    public async Task Serve_Quiet_HasNoAdmin()
    {
        await using var kodama = KodamaProcess.Start([.. Local, "--quiet"]);

        Assert.Equal(HttpStatusCode.Forbidden, await AnnounceAsync(await kodama.AddressAsync(), Given));
    }

    private static async Task<Uri> LinkAsync(KodamaProcess kodama)
    {
        const string Said = "Whoever has this link runs the hub: ";
        return new((await kodama.LineAsync(line => line.StartsWith(Said, StringComparison.Ordinal)))[Said.Length..]);
    }

    private static async Task<HttpStatusCode> AnnounceAsync(Uri hub, string token)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.PostAsync(new Uri(hub, "/api/admin/messages"), new StringContent("hello"));
        return answer.StatusCode;
    }
}
