using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Token;

public sealed class TokenTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("kodama-token-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task Token_LetsIn_IsListed_AndEndsWhoHoldsIt()
    {
        await using var hub = KodamaProcess.Start(["serve", "--host", "127.0.0.1", "--port", "0", "--tokens", "--data", data]);
        var address = await hub.AddressAsync();
        Assert.Contains("kodama token create --name NAME --data", await hub.LineAsync(Tells("needs a token")), StringComparison.Ordinal);
        var nobody = await KodamaProcess.RunAsync("connect", $"{address}", "--token", "open-sesame");
        Assert.Equal((6, true), (nobody.Code, nobody.Error.Contains("The token is wrong.", StringComparison.Ordinal)));

        var made = await RunAsync("create", "--name", "Anna", "--room", "lobby", "--room", "game/*", "--expires", "8h");
        var token = made.Output.Trim();
        Assert.DoesNotContain(token, made.Error, StringComparison.Ordinal);
        await using var anna = KodamaProcess.Start(["connect", $"{address}", "--token", token, "--json", "--stay"]);
        await anna.LineAsync(Tells("\"room\":\"lobby\""));

        var listed = (await RunAsync("list")).Output;
        Assert.Matches("^[0-9a-f]{12}  Anna may write in lobby, game/\\* until [0-9: -]+ UTC\\s*$", listed);
        var named = await KodamaProcess.RunAsync("token", "revoke", "Anna", "--data", data);
        Assert.Equal((2, ""), (named.Code, named.Output));
        Assert.Contains($"kodama token revoke {listed[..12]} --data \"{data}\"", named.Error, StringComparison.Ordinal);
        var revoked = await RunAsync("revoke", listed[..12]);
        Assert.Equal($"{listed[..12]} (of Anna): revoked", revoked.Output.Trim());

        var exit = await anna.ExitAsync();
        Assert.Equal(6, exit.Code);
        Assert.Contains("The token has been revoked.", exit.Output + exit.Error, StringComparison.Ordinal);
        Assert.EndsWith("(revoked)", (await RunAsync("list")).Output.Trim(), StringComparison.Ordinal);
        Assert.Contains("was revoked before", (await RunAsync("revoke", listed[..12])).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read", "--name", "Anna", "--can", "all")]
    [InlineData("leave out --room", "--name", "Anna", "--can", "admin", "--room", "lobby")]
    [InlineData("--expires is \"soon\"", "--name", "Anna", "--expires", "soon")]
    [InlineData("--expires is \"8\"; write a time with its unit", "--name", "Anna", "--expires", "8")]
    [InlineData("--expires is \"5000d\"", "--name", "Anna", "--expires", "5000d")]
    [InlineData("--name", "--room", "lobby")]
    [InlineData("name must have 1 to 64 characters", "--name", "")]
    public async Task Create_WhatCannotBe_IsSaid(string told, params string[] arguments)
    {
        var exit = await KodamaProcess.RunAsync(["token", "create", "--data", data, .. arguments]);

        Assert.Equal(2, exit.Code);
        Assert.Equal("", exit.Output);
        Assert.Contains(told, exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WithData_TellsARevokeThatTakesItBack()
    {
        var made = await RunAsync("create", "--name", "Eve");

        Assert.Matches($"; to take it back: kodama token revoke [0-9a-f]{{12}} --data \"{data}\"\\s*$", made.Error);
    }

    [Fact]
    public async Task Revoke_IdThatWasNotMadeHere_IsRefused_UnlessItWasElsewhere()
    {
        var id = (await RunAsync("create", "--name", "Anna")).Error.Split("revoke ")[1][..12];

        var mixed = await KodamaProcess.RunAsync("token", "revoke", "3f9c21d0a4b7", id, "--data", data);

        Assert.Equal((2, $"{id} (of Anna): revoked"), (mixed.Code, mixed.Output.Trim()));
        Assert.Contains("3f9c21d0a4b7 was not taken back: no token of this id was made in", mixed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "3f9c21d0a4b7", await File.ReadAllTextAsync(Path.Combine(data, "tokens", "revoked")), StringComparison.Ordinal);
        Assert.EndsWith(": revoked", (await RunAsync("revoke", "3f9c21d0a4b7", "--elsewhere")).Output.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_ThatIsDamaged_IsSaid_ByTheHubToo()
    {
        await RunAsync("create", "--name", "Anna");
        await File.WriteAllTextAsync(Path.Combine(data, "tokens", "key"), "no key");

        foreach (var command in (string[][])[["token", "list"], ["serve", "--tokens", "--host", "127.0.0.1", "--port", "0"]])
        {
            var exit = await KodamaProcess.RunAsync([.. command, "--data", data]);
            Assert.Equal((8, ""), (exit.Code, exit.Output));
            Assert.Contains(Path.Combine(data, "tokens", "key"), exit.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("list")]
    [InlineData("key")]
    [InlineData("revoke", "3f9c21d0a4b7")]
    public async Task Folder_ThatIsNotThere_IsNotMade(params string[] arguments)
    {
        var exit = await KodamaProcess.RunAsync(["token", .. arguments, "--data", data]);

        Assert.Equal((8, ""), (exit.Code, exit.Output));
        Assert.Contains($"there are no tokens in {Path.Combine(data, "tokens")}", exit.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(data));
    }

    [Fact]
    public async Task Pages_AndTokens_AreKeptApart()
    {
        var exit = await KodamaProcess.RunAsync(
            "serve", "--tokens", "--data", Path.Combine(data, "hub"), "--www", data, "--host", "127.0.0.1", "--port", "0");

        Assert.Equal(2, exit.Code);
    }

    private async Task<Exit> RunAsync(string command, params string[] arguments)
    {
        var exit = await KodamaProcess.RunAsync(["token", command, "--data", data, .. arguments]);
        Assert.True(exit.Code == 0, exit.Error);
        return exit;
    }

    private static Func<string, bool> Tells(string text) => line => line.Contains(text, StringComparison.Ordinal);
}
