using Kodama.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Pusher.Tests;

public sealed class PusherOptionsTests
{
    [Fact]
    public void Configuration_NamesApps_AndCodeAddsToThem()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kodama:Pusher:Apps:0:Id"] = "1",
            ["Kodama:Pusher:Apps:0:Key"] = "k",
            ["Kodama:Pusher:Apps:0:Secret"] = "s",
            ["Kodama:Pusher:Apps:0:Prefix"] = "shop/",
            ["Kodama:Pusher:Apps:0:ClientEvents"] = "false",
            ["Kodama:Pusher:Apps:0:Webhooks:0:Url"] = "http://127.0.0.1:9/hook",
            ["Kodama:Pusher:Apps:0:Webhooks:0:Events:0"] = "member_added",
            ["Kodama:Pusher:MaxDataSize"] = "100",
        }).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddKodama().AddPusher(options => options.Apps.Add(new PusherApp { Id = "2", Key = "l", Secret = "t" }));

        using var provider = services.BuildServiceProvider();
        var read = provider.GetRequiredService<PusherOptions>();

        Assert.Equal(["1", "2"], read.Apps.Select(app => app.Id));
        Assert.Equal(("shop/", false, 100), (read.Apps[0].Prefix, read.Apps[0].ClientEvents, read.MaxDataSize));
        var webhook = Assert.Single(read.Apps[0].Webhooks);
        Assert.Equal((new Uri("http://127.0.0.1:9/hook"), "member_added"), (webhook.Url, webhook.Events.Single()));
    }

    public static readonly TheoryData<Action<PusherOptions>, string> Wrong = new()
    {
        { options => options.Apps.Add(new PusherApp { Key = "k", Secret = "s" }), "Id of a Pusher app" },
        { options => options.Apps.Add(new PusherApp { Id = "1/2", Key = "k", Secret = "s" }), "Id of a Pusher app" },
        { options => options.Apps.Add(new PusherApp { Id = "1", Key = "a:b", Secret = "s" }), "Key of a Pusher app" },
        { options => options.Apps.Add(new PusherApp { Id = "1", Key = "k", Secret = "a b" }), "Secret of a Pusher app" },
        { options => options.Apps.Add(new PusherApp { Id = "1", Key = "k", Secret = "s", Prefix = new('/', 56) }), "Prefix of Pusher app" },
        { options => options.Apps.Add(new PusherApp { Id = "1", Key = "k", Secret = "s", Prefix = "b-" }), "Prefix of Pusher app" },
        { options => options.Apps.Add(new PusherApp { Id = "1", Key = "k", Secret = "s", MaxConnections = -1 }), "MaxConnections" },
        { options => Two(options, "1", "1"), "Two Pusher apps have the id 1" },
        { options => options.MaxDataSize = 0, "MaxDataSize is 0" },
        { options => options.ActivityTimeout = TimeSpan.Zero, "ActivityTimeout" },
        { options => Hook(options, new PusherWebhook()), "Url of a Pusher webhook" },
        { options => Hook(options, new PusherWebhook { Url = new("ftp://x") }), "Url of a Pusher webhook" },
        { options => Hook(options, new PusherWebhook { Url = new("http://x"), Events = { "other" } }), "asks for \"other\"" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_SaysWhatIsWrong(Action<PusherOptions> configure, string text)
    {
        var options = new PusherOptions();
        configure(options);

        Assert.Contains(text, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_MakesAnAppThatNobodyElseHas()
    {
        var (one, two) = (PusherApp.Create(), PusherApp.Create());

        Assert.Matches("^[0-9]+$", one.Id);
        Assert.Equal((20, 40), (one.Key.Length, one.Secret.Length));
        Assert.NotEqual(one.Key, two.Key);
        Assert.NotEqual(one.Secret, two.Secret);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1:k")]
    [InlineData("1:k:s:t")]
    [InlineData("1::s")]
    [InlineData("1:k k:s")]
    public void Parse_OfAnotherForm_Throws(string text) => Assert.Throws<FormatException>(() => PusherApp.Parse(text));

    [Fact]
    public void Parse_ReadsIdKeyAndSecret()
    {
        var app = PusherApp.Parse("1:garden-key:garden-secret");

        Assert.Equal(("1", "garden-key", "garden-secret"), (app.Id, app.Key, app.Secret));
    }

    private static void Two(PusherOptions options, string first, string second)
    {
        options.Apps.Add(new PusherApp { Id = first, Key = "k", Secret = "s" });
        options.Apps.Add(new PusherApp { Id = second, Key = "l", Secret = "s" });
    }

    private static void Hook(PusherOptions options, PusherWebhook webhook)
    {
        options.Apps.Add(new PusherApp { Id = "1", Key = "k", Secret = "s" });
        options.Apps[0].Webhooks.Add(webhook);
    }
}
