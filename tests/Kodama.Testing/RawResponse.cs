using System.Globalization;

namespace Kodama.Testing;

/// <summary>An HTTP answer as it was on the wire.</summary>
public sealed class RawResponse(string head)
{
    public string Head => head;

    public int Status { get; } = int.Parse(head.Split(' ')[1], CultureInfo.InvariantCulture);

    public string Body { get; set; } = "";

    public string? Header(string name) =>
        head.Split("\r\n").Skip(1).Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(l => l[(name.Length + 1)..].Trim()).FirstOrDefault();
}
