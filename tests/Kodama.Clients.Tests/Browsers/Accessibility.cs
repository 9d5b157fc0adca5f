using Kodama.Clients.Tests.Processes;

namespace Kodama.Clients.Tests.Browsers;

/// <summary>What axe-core finds in a page as it is now: rules that it breaks, and where.</summary>
internal static class Accessibility
{
    private const string Run = """
        async () => {
          const { violations } = await axe.run(document, { resultTypes: ["violations"] });
          return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n  ${failureSummary}`));
        }
        """;

    public static async Task ExpectAccessibleAsync(this Visitor visitor)
    {
        Tools.Node("node", "axe-core");
        var source = Path.Combine(Repository.Clients, "node", "node_modules", "axe-core", "axe.min.js");
        // By the debugger's way, which the page's Content-Security-Policy does not concern.
        await visitor.Page.EvaluateAsync(await File.ReadAllTextAsync(source) + ";0");
        var violations = await visitor.Page.EvaluateAsync<string[]>(Run);
        Assert.True(violations.Length == 0, $"{visitor.Look.Name}, {visitor.Page.Url}:\n{string.Join('\n', violations)}");
    }
}
