using System.Text.Json;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Connect;

public sealed class ConnectTests
{
    // Not the patience of a person: the machine may be busy with other tests.
    private static readonly string[] Connect = ["connect", "--timeout", "60s"];

    [Fact]
    public async Task Connect_LinesOfAPipe_AreDeliveredBeforeItEnds()
    {
        await using var hub = await LocalHub.StartAsync();
        using var listener = await TestClient.ConnectAsync(hub.Address);
        await hub.PeersAsync(1);
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString(), "--name", "script"]);

        await kodama.FeedAsync("hi\nthere 木霊\nlast");
        var exit = await kodama.ExitAsync();

        Assert.Equal((0, "", ""), (exit.Code, exit.Output, exit.Error));
        Assert.Equal("hi", await listener.ReceiveAsync());
        Assert.Equal("there 木霊", await listener.ReceiveAsync());
        Assert.Equal("last", await listener.ReceiveAsync());
    }

    [Fact]
    public async Task Connect_LineThatTheHubRefuses_ExitsWith6()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Rules.Filter(_ => false, "No tea today."));
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString()]);

        await kodama.FeedAsync("tea?\n");
        var exit = await kodama.ExitAsync();

        Assert.Equal(6, exit.Code);
        Assert.Contains("No tea today.", exit.Error, StringComparison.Ordinal);
        Assert.Contains("not all that was said has arrived", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ManyLines_AllArrive()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Echo = true);
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString()]);
        var lines = Enumerable.Range(0, 5000).Select(i => $"line {i}").ToList();

        await kodama.FeedAsync(string.Join('\n', lines));
        await kodama.ExitAsync();

        await Testing.Deadline.UntilAsync(() => hub.Hub.Counts.MessagesIn == lines.Count);
    }

    [Fact]
    public async Task Connect_ToAPipe_IsOneLinePerMessage()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString()]);
        await hub.PeersAsync(1);

        hub.Hub.FindRoom("lobby")!.Send("hello");
        hub.Hub.FindRoom("lobby")!.Send("two\nlines \e[2J");

        Assert.Equal("hello", await kodama.LineAsync(_ => true));
        Assert.Equal("two\\nlines \\u{1b}[2J", await kodama.LineAsync(_ => true));
    }

    [Fact]
    public async Task Connect_Details_AreTold()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.Start(
            [.. Connect, hub.Address.ToString(), "--room", "tea room", "--name", "Yui", "-d", "seat=12", "-d", "formula=a=b"]);
        await Testing.Deadline.UntilAsync(() => hub.Hub.FindRoom("tea room")?.PeerCount == 1);

        var peer = Assert.Single(hub.Hub.Peers);

        Assert.Equal(("Yui", "12", "a=b"), (peer.Details["name"], peer.Details["seat"], peer.Details["formula"]));
        Assert.False(peer.Details.ContainsKey("tab"));
    }

    [Fact]
    public async Task Connect_FromAPipe_TellsNoName()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString()]);
        await hub.PeersAsync(1);

        Assert.Empty(Assert.Single(hub.Hub.Peers).Details);
    }

    [Fact]
    public async Task Connect_HubKilledWhileLinesGoOut_GoesOnWhenItIsBack()
    {
        await using var killed = KodamaProcess.Start(["serve", "--host", "127.0.0.1", "--port", "0", "--quiet"]);
        var address = await killed.AddressAsync();
        using var listener = await TestClient.ConnectAsync(address);
        await using var kodama = KodamaProcess.Start([.. Connect, address.ToString()]);
        using var enough = new CancellationTokenSource();
        var typing = TypeUntilAsync(kodama, enough.Token);
        Assert.Equal("hello", await listener.ReceiveAsync());

        killed.Signal(KodamaProcess.Killed);
        await killed.ExitAsync();
        await using var again = await LocalHub.StartAsync(port: address.Port);
        await Testing.Deadline.UntilAsync(() => again.Hub.Counts.MessagesIn > 0);

        await enough.CancelAsync();
        await typing.WaitAsync(TimeSpan.FromSeconds(60));
        await kodama.FeedAsync("");
        var exit = await kodama.ExitAsync();
        Assert.Equal(0, exit.Code);
        Assert.Contains("connected again, to http://127.0.0.1", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_GoodbyeIsNotAnswered_ExitsWith6AndSaysSo()
    {
        await using var odd = await OddHub.StartAsync();
        await using var kodama = KodamaProcess.Start([.. Connect, odd.Address]);

        await kodama.FeedAsync("hi\n");
        var exit = await kodama.ExitAsync();

        Assert.Equal(6, exit.Code);
        Assert.Contains("did not answer the goodbye", exit.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json; charset=nonsense", "{}", "event: snapshot\ndata: {}\n\nevent: join\ndata: {}\n\n"
        + "event: leave\ndata: {\"peer\":7}\n\nevent: message\ndata: {\"offset\":\"x\"}\n\n")]
    [InlineData("application/json", "{}", "event: snapshot\ndata: []\n\n")]
    [InlineData("application/json", "{}", "event: snapshot\ndata: {\"peers\":[[],7,null,{\"id\":1}]}\n\nevent: message\ndata: 7\n\n")]
    public async Task Connect_OddEventStream_GoesOnWithoutNames(string type, string facts, string events)
    {
        await using var odd = await OddHub.StartAsync(type, facts, events);
        await using var kodama = KodamaProcess.Start([.. Connect, odd.Address, "--json"]);

        var message = await JsonAsync(kodama, "message");

        Assert.Equal("hello", message.GetProperty("text").GetString());
        Assert.False(message.TryGetProperty("from", out _));
    }

    [Fact]
    public async Task Connect_ReaderOfOutputLeaves_Ends()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no poll.");
        await using var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.StartForOneLine([.. Connect, hub.Address.ToString(), "--stay", "--json"]);

        var exit = await kodama.ExitAsync();

        Assert.Single(exit.Output.TrimEnd('\n').Split('\n'));
        Assert.Equal("exit=0", exit.Error.Trim());
    }

    [Fact]
    public async Task Connect_ToAPinnedCertificate_ShowsItAndNames()
    {
        using var certificate = new TestCertificate();
        await using var hub = KodamaProcess.Start(
            ["serve", "--host", "127.0.0.1", "--port", "0", "--quiet", "--name", "Lounge", "--tls-cert", certificate.CombinedPem]);
        await using var kodama = KodamaProcess.Start(
            [.. Connect, (await hub.AddressAsync()).ToString(), "--json", "--pin", certificate.Fingerprint]);

        var connected = JsonElement.Parse(
            await kodama.LineAsync(line => line.Contains("\"status\":\"connected\"", StringComparison.Ordinal)));

        Assert.Equal(certificate.Fingerprint, connected.GetProperty("certificate").GetString());
        Assert.StartsWith("https://127.0.0.1:", connected.GetProperty("address").GetString(), StringComparison.Ordinal);
        Assert.Equal("Lounge", (await JsonAsync(kodama, "room")).GetProperty("hub").GetString());
    }

    [Fact]
    public async Task Connect_ToACertificateThatNobodyTrusts_NamesTheOption()
    {
        using var certificate = new TestCertificate();
        await using var hub = KodamaProcess.Start(
            ["serve", "--host", "127.0.0.1", "--port", "0", "--quiet", "--tls-cert", certificate.CombinedPem]);

        var exit = await KodamaProcess.RunAsync([.. Connect, (await hub.AddressAsync()).ToString()]);

        Assert.Equal(6, exit.Code);
        Assert.Contains("--pin FINGERPRINT", exit.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("CertificateFingerprint", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ConnectionIsCutWhileOthersTalk_ShowsWhatWasMissedOnceAndInOrder()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString(), "--stay"]);
        await hub.PeersAsync(1);
        var room = hub.Hub.FindRoom("lobby")!;

        for (var i = 0; i < 100; i++)
        {
            room.Send($"{i}");
            if (i % 40 == 20)
            {
                foreach (var peer in hub.Hub.Peers.ToList()) peer.Disconnect(CloseReason.GoingAway);
            }
        }

        for (var i = 0; i < 100; i++) Assert.Equal($"{i}", await kodama.LineAsync(_ => true));
    }

    [Fact]
    public async Task Connect_Json_NamesWhoeverSpeaksEvenInAHurry()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString(), "--json"]);
        await JsonAsync(kodama, "room");
        using var yui = await TestClient.ConnectAsync(hub.Address, "/ws?name=Yui");
        using var ren = await TestClient.ConnectAsync(hub.Address, "/ws?name=Ren");

        for (var i = 0; i < 200; i++) await (i % 2 == 0 ? yui : ren).SendAsync("the same");

        for (var i = 0; i < 200; i++)
        {
            var name = (await JsonAsync(kodama, "message")).GetProperty("from").GetProperty("name").GetString();
            Assert.True(name is "Yui" or "Ren", name);
        }
    }

    [Fact]
    public async Task Connect_HubRestarts_SaysSoAndGoesOn()
    {
        var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString(), "--json"]);
        await hub.PeersAsync(1);
        var port = hub.Address.Port;

        await hub.DisposeAsync();
        Assert.Contains(
            "\"attempt\":1",
            await kodama.LineAsync(line => line.Contains("\"status\":\"reconnecting\"", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        await using var again = await LocalHub.StartAsync(port: port);
        await again.PeersAsync(1);
        again.Hub.FindRoom("lobby")!.Send("back");

        await kodama.LineAsync(line => line.Contains("\"status\":\"connected\"", StringComparison.Ordinal));
        var message = await kodama.LineAsync(line => line.Contains("\"type\":\"message\"", StringComparison.Ordinal));
        Assert.Equal("back", JsonElement.Parse(message).GetProperty("text").GetString());
    }

    [Fact]
    public async Task Connect_Json_TellsWhoComesSpeaksAndGoes()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString(), "--json", "--name", "script"]);
        var room = await JsonAsync(kodama, "room");
        var yui = await TestClient.ConnectAsync(hub.Address, "/ws?name=Yui");

        var joined = await JsonAsync(kodama, "join");
        await yui.SendAsync("hello");
        var message = await JsonAsync(kodama, "message");
        await yui.CloseAsync();
        var left = await JsonAsync(kodama, "leave");

        Assert.Equal(
            ("Lounge", "lobby", 0),
            (room.GetProperty("hub").GetString(), room.GetProperty("room").GetString(), room.GetProperty("peers").GetArrayLength()));
        Assert.Equal("Yui", joined.GetProperty("peer").GetProperty("name").GetString());
        Assert.Equal(
            ("hello", "Yui"),
            (message.GetProperty("text").GetString(), message.GetProperty("from").GetProperty("name").GetString()));
        Assert.Equal("Yui", left.GetProperty("peer").GetProperty("name").GetString());
        yui.Dispose();
    }

    [Fact]
    public async Task Connect_Json_WhoComesAndWhoSpeaksHaveOneId()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString(), "--json", "--stay"]);
        await JsonAsync(kodama, "room");
        await using var other = KodamaProcess.Start([.. Connect, hub.Address.ToString()]);
        // Who comes is told by another stream than what is said: one after the other.
        var joined = (await JsonAsync(kodama, "join")).GetProperty("peer");

        await other.FeedAsync("hello\n");
        var from = (await JsonAsync(kodama, "message")).GetProperty("from");

        Assert.Equal(joined.GetProperty("id").GetString(), from.GetProperty("id").GetString());
        Assert.Equal(joined.GetProperty("name").GetString(), from.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Connect_Json_NobodyLeavesBeforeWhatTheySaid()
    {
        const int Guests = 20;
        await using var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString(), "--json"]);
        await JsonAsync(kodama, "room");

        for (var i = 0; i < Guests; i++)
        {
            using var guest = await TestClient.ConnectAsync(hub.Address, $"/ws?name=guest{i}");
            await guest.SendAsync($"bye{i}");
            await guest.CloseAsync();
        }

        var said = new HashSet<string?>();
        for (var left = 0; left < Guests;)
        {
            var line = JsonElement.Parse(await kodama.LineAsync(_ => true));
            switch (line.GetProperty("type").GetString())
            {
                case "message":
                    said.Add(line.GetProperty("text").GetString());
                    break;
                case "leave":
                    Assert.Contains(
                        line.GetProperty("peer").GetProperty("name").GetString()!.Replace("guest", "bye", StringComparison.Ordinal), said);
                    left++;
                    break;
            }
        }
    }

    [Fact]
    public async Task Connect_ToTheAddressThatServePrints_BringsItsToken()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Token = "open-sesame");
        await using var kodama = KodamaProcess.Start([.. Connect, $"{hub.Address}?token=open-sesame", "--json"]);

        Assert.Equal("lobby", (await JsonAsync(kodama, "room")).GetProperty("room").GetString());
    }

    [Fact]
    public async Task Connect_WithoutTheToken_ExitsWith6AndSaysSo()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Token = "open-sesame");

        var exit = await KodamaProcess.RunAsync([.. Connect, hub.Address.ToString()]);

        Assert.Equal(6, exit.Code);
        Assert.Contains("--token TOKEN", exit.Error, StringComparison.Ordinal);
        Assert.Single(exit.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Connect_RefusedWithHostileWords_ShowsThemPrintable()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Rules.Validate(_ => false, "no\e[2J\nforged"));

        var exit = await KodamaProcess.RunAsync([.. Connect, hub.Address.ToString(), "--stay"]);

        Assert.Equal(6, exit.Code);
        Assert.Contains("forged", Assert.Single(exit.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain(exit.Error.TrimEnd('\n'), char.IsControl);
    }

    [Theory]
    [InlineData(6, "nothing listens", "127.0.0.1:1")]
    [InlineData(5, "No hub called \"No Such Hub\"", "No Such Hub")]
    [InlineData(2, "ftp://hub", "ftp://hub")]
    [InlineData(2, "--detail is \"seat\"", "127.0.0.1:1", "--detail", "seat")]
    [InlineData(2, "--timeout is \"0\"", "127.0.0.1:1", "--timeout", "0")]
    [InlineData(2, "Token goes into an HTTP header", "127.0.0.1:1", "--token", "open sesame")]
    [InlineData(2, "https or wss", "http://127.0.0.1:1", "--pin", "0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Connect_InVain_SaysWhy(int code, string said, params string[] arguments)
    {
        var exit = await KodamaProcess.RunAsync(["connect", .. arguments]);

        Assert.Equal(code, exit.Code);
        Assert.Contains(said, exit.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", exit.Error, StringComparison.Ordinal);
        Assert.Equal("", exit.Output);
    }

    [Fact]
    public async Task Connect_Interrupted_LeavesWithAGoodbye()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.Start([.. Connect, hub.Address.ToString(), "--json"]);
        await kodama.LineAsync(line => line.Contains("\"status\":\"connected\"", StringComparison.Ordinal));

        kodama.Signal(KodamaProcess.Interrupt);

        Assert.Equal(0, (await kodama.ExitAsync()).Code);
        await hub.PeersAsync(0);
    }

    private static async Task TypeUntilAsync(KodamaProcess kodama, CancellationToken enough)
    {
        var lines = string.Concat(Enumerable.Repeat("hello\n", 100));
        while (!enough.IsCancellationRequested) await kodama.TypeAsync(lines);
    }

    private static async Task<JsonElement> JsonAsync(KodamaProcess kodama, string type) =>
        JsonElement.Parse(await kodama.LineAsync(line => line.StartsWith($"{{\"type\":\"{type}\"", StringComparison.Ordinal)));
}
