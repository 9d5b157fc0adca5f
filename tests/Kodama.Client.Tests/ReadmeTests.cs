using System.Runtime.CompilerServices;
using Kodama.Testing;

namespace Kodama.Client.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void Readme_Example_IsTheOneThatIsCompiled()
    {
        var readme = File.ReadAllText(Path.Combine(Here(), "../../src/Kodama.Client/README.md"));
        var example = File.ReadAllText(Path.Combine(Here(), "ReadmeExample.cs"));

        Assert.StartsWith($"# Kodama.Client\n\n```csharp\n{example}```\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_ExampleOfRooms_IsTheOneThatIsCompiled()
    {
        var readme = File.ReadAllText(Path.Combine(Here(), "../../src/Kodama.Client/README.md"));
        var example = File.ReadAllText(Path.Combine(Here(), "ReadmeRoomsExample.cs"));

        Assert.Contains($"## Rooms, with nothing lost\n```csharp\n{example}```\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readme_ExampleOfRooms_ShowsWhatIsCounted()
    {
        await using var hub = await TestHub.StartAsync();
        var shown = System.Threading.Channels.Channel.CreateUnbounded<string>();

        var counting = Example.ReadmeRoomsExample.CountAsync(
            hub.Address.ToString(), CountAsync(), text => shown.Writer.TryWrite(text));

        await counting.Within();
        shown.Writer.Complete();
        Assert.Equal(["Yui", "Ren"], await shown.Reader.ReadAllAsync().ToListAsync().Within());

        async IAsyncEnumerable<string> CountAsync()
        {
            yield return "Yui";
            yield return "Ren";
            // They have been shown before the room is left.
            await Deadline.UntilAsync(() => shown.Reader.Count == 2);
        }
    }

    [Fact]
    public async Task Readme_Example_FollowsTheSwitch()
    {
        await using var hub = await TestHub.StartAsync();
        using var cancel = new CancellationTokenSource();
        var lit = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

        var following = Example.ReadmeExample.FollowAsync(hub.Address.ToString(), on => lit.TrySetResult(on), cancel.Token);

        Assert.True(await lit.Task.Within());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following.Within());
        await hub.EmptiesAsync();
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
