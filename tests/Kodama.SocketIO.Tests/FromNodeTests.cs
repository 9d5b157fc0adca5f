using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Kodama.Server;
using Kodama.WebSockets;

namespace Kodama.SocketIO.Tests;

/// <summary>docs/from-node.md against what there is, on both sides.</summary>
public partial class FromNodeTests
{
    // .NET's and ASP.NET Core's, and parameters of types.
    private static readonly string[] Strangers =
    [
        "ArgumentException", "Func", "HttpContext", "POST", "Regex", "RequireAuthorization", "StopAsync", "T", "T1", "T2", "T3", "TAck",
        "TimeSpan", "Use", "UseAuthentication", "ValueTask",
    ];

    private static readonly string Page = File.ReadAllText(Path.Combine(Here(), "../../docs/from-node.md"));

    [Fact]
    public void FromNode_EveryNameOfOurs_Exists()
    {
        Assembly[] assemblies =
        [
            typeof(SocketIOServer).Assembly, typeof(Hub).Assembly, typeof(KodamaOptions).Assembly,
            typeof(PerMessageDeflateOptions).Assembly,
        ];
        var ours = assemblies.SelectMany(assembly => assembly.GetExportedTypes())
            .SelectMany(type => type.GetMembers().Select(member => member.Name).Append(type.Name.Split('`')[0])).ToHashSet();

        var named = Rows()
            .SelectMany(row => row.Skip(1))
            .SelectMany(cell => Code().Matches(cell))
            .SelectMany(code => Name().Matches(Quoted().Replace(code.Value, "")))
            .Select(name => name.Value).ToHashSet();

        Assert.True(named.Count > 80, $"Only {named.Count} names were found: is the page still a table?");
        Assert.Empty(named.Except(ours).Except(Strangers));
    }

    [Theory]
    [InlineData("socket.io/dist/index.d.ts")]
    [InlineData("socket.io/dist/namespace.d.ts")]
    [InlineData("socket.io/dist/socket.d.ts")]
    [InlineData("socket.io/dist/broadcast-operator.d.ts")]
    [InlineData("engine.io/build/server.d.ts")]
    public void FromNode_EveryNameOfNodes_HasARow(string file)
    {
        var declarations = Path.Combine(Here(), "../clients/socketio/node_modules", file);
        if (!File.Exists(declarations)) Assert.Skip("NOT TESTED: the packages of npm are missing; run `npm ci` in tests/clients/socketio.");
        // Node's own business: how its parts call each other.
        string[] inner = ["constructor", "encoder", "handleRequest", "handleUpgrade", "onWebTransportSession", "opts", "upgrades"];
        string[] declared = [.. Declaration().Matches(File.ReadAllText(declarations)).Select(match => match.Groups[1].Value)];

        var told = Rows()
            .SelectMany(row => row)
            .SelectMany(cell => Code().Matches(cell))
            .SelectMany(code => Word().Matches(code.Value))
            .Select(word => word.Value).ToHashSet();

        Assert.NotEmpty(declared);
        Assert.Empty(declared.Except(told).Except(inner).Distinct());
    }

    [Fact]
    public void FromNode_Example_IsTheOneThatIsCompiled()
    {
        var example = File.ReadAllLines(Path.Combine(Here(), "FromNodeExample.cs"))
            .Where(line => line.StartsWith("        ", StringComparison.Ordinal) || line.Length == 0);

        var code = string.Join('\n', example.Select(line => line.Length == 0 ? "" : line[8..])).Trim();
        // Compiled, not run: the page says so behind the language.
        Assert.Contains($"```csharp not-run\n{code}\n```", Page, StringComparison.Ordinal);
    }

    private static IEnumerable<string[]> Rows() =>
        Page.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Trim('|').Split('|'));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex Code();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\b[A-Z]\w*")]
    private static partial Regex Name();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    /// <summary>A public method, getter or option, as TypeScript declares it.</summary>
    [GeneratedRegex(@"^    (?:readonly |get )?([a-z]\w*)\??(?:<[^(]*>)?[(:]", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
