using Kodama.Clients.Tests.Hubs;

namespace Kodama.Clients.Tests.Processes;

/// <summary>A program that people copy, run as it stands: it must say Hello and hear the answer.</summary>
internal static class Talk
{
    private const string Lobby = "lobby";

    /// <param name="read">The program's text, with the hub's address in it.</param>
    /// <param name="name">By which it joins.</param>
    /// <param name="file">Of what name it is to be.</param>
    /// <param name="start">Starts it, in a folder.</param>
    public static async Task HoldAsync(
        Func<RunningHub, Task<string>> read, string name, string file, Func<string, string, ChildProcess> start)
    {
        await using var hub = await RunningHub.StartAsync();
        await using var friend = await DotNetClient.JoinAsync(hub.Room(Lobby, "name=friend"));
        await using var watch = await hub.WatchAsync(Lobby);
        await watch.UntilHereAsync("friend");
        // Outside the repository, whose build files would govern a C# program in it.
        var folder = Directory.CreateTempSubdirectory("kodama-snippet-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, file), await read(hub));
            await using var program = start(folder.FullName, file);

            Assert.Equal("Hello", await friend.ReceiveTextAsync());
            await watch.UntilHereAsync(name);
            await friend.SendAsync("Hello yourself");
            await program.ReadUntilAsync("Hello yourself");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static ChildProcess Node(string folder, string file) => Node("node", "ws", folder, file);

    public static ChildProcess SocketIO(string folder, string file) => Node("socketio", "socket.io-client", folder, file);

    public static ChildProcess Python(string folder, string file) => ChildProcess.Start(Tools.Python(), ["-u", file], folder);

    public static ChildProcess CSharp(string folder, string file) => ChildProcess.Start(Tools.OnPath("dotnet"), ["run", file], folder);

    private static ChildProcess Node(string client, string package, string folder, string file)
    {
        var node = Tools.Node(client, package);
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(Repository.Clients, client, "node_modules"));
        return ChildProcess.Start(node, [file], folder);
    }
}
