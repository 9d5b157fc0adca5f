using System.Reflection;
using System.Text.RegularExpressions;

namespace Kodama.Hostile.Tests.Published;

/// <summary>docs/security.md names tests; a table that names what is not there protects nobody.</summary>
public sealed partial class SecurityTableTests
{
    [Fact]
    public void Table_NamesTestsThatExist()
    {
        var named = TestName().Matches(File.ReadAllText(HubProcess.Metadata("Security"))).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(Tests()));
    }

    [Fact]
    public void Table_NamesEveryTestOfAPublishedCrasher()
    {
        var named = TestName().Matches(File.ReadAllText(HubProcess.Metadata("Security"))).Select(match => match.Groups[1].Value).ToList();
        var published = Tests().Where(name => name.Contains(".Cve_", StringComparison.Ordinal) || name.Contains(".Ghsa_",
            StringComparison.Ordinal));
        Assert.Empty(published.Except(named));
    }

    /// <summary>Folder, class and method, as in <c>Tls/HandshakeTests.Hello_Twice</c>.</summary>
    private static List<string> Tests() =>
    [
        .. from type in typeof(SecurityTableTests).Assembly.GetTypes()
           from method in type.GetMethods()
           where method.GetCustomAttribute<FactAttribute>() is not null
           select $"{type.Namespace!.Split('.')[^1]}/{type.Name}.{method.Name}",
    ];

    [GeneratedRegex(@"`([A-Z]\w+/\w+Tests\.\w+)`")]
    private static partial Regex TestName();
}
