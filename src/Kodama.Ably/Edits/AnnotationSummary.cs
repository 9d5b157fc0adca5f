using System.Text;

namespace Kodama.Ably;

/// <summary>How annotations of a type are summed up (TM7).</summary>
internal enum SummaryKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Their number.</summary>
    Total,

    /// <summary>Who has set it.</summary>
    Flag,

    /// <summary>For each name who has set it.</summary>
    Distinct,

    /// <summary>The same, and each client has one name.</summary>
    Unique,

    /// <summary>For each name who has set it how often.</summary>
    Multiple,
}

/// <summary>Sums the annotations of a message up, by their types.</summary>
internal static class AnnotationSummary
{
    // Each annotation is followed by a summary of all: so they are bounded, and who does not fit is counted alone.
    private const int MostBytes = 16 * 1024;

    public static SummaryKind KindOf(string type) => type[(type.LastIndexOf(':') + 1)..] switch
    {
        "total.v1" => SummaryKind.Total,
        "flag.v1" => SummaryKind.Flag,
        "distinct.v1" => SummaryKind.Distinct,
        "unique.v1" => SummaryKind.Unique,
        "multiple.v1" => SummaryKind.Multiple,
        _ => SummaryKind.None,
    };

    /// <summary>As JSON: for each type what it is; empty, where there is nothing.</summary>
    public static ReadOnlyMemory<byte> Of(IReadOnlyList<Annotation> annotations)
    {
        var types = new SortedDictionary<string, Tally>(StringComparer.Ordinal);
        foreach (var annotation in annotations)
        {
            if (KindOf(annotation.Type) is var kind && kind == SummaryKind.None) continue;
            if (!types.TryGetValue(annotation.Type, out var tally)) types[annotation.Type] = tally = new Tally(kind);
            tally.Add(annotation.Name, annotation.ClientId, annotation.Count, annotation.IsDelete);
        }
        if (types.Count == 0) return default;
        using var json = WireWriter.Rent(WireFormat.Json);
        json.StartMap();
        foreach (var (type, tally) in types) tally.Write(json.Name(Encoding.UTF8.GetBytes(type)));
        return json.End().Written.ToArray();
    }

    private sealed class Tally(SummaryKind kind)
    {
        // Of each name each client's number; who has no clientId counts under an empty one.
        private readonly SortedDictionary<string, SortedDictionary<string, int>> names = new(StringComparer.Ordinal);
        private int total;

        public void Add(string name, string? clientId, int count, bool isDelete)
        {
            if (kind == SummaryKind.Total)
            {
                total = Math.Max(0, total + (isDelete ? -1 : 1));
                return;
            }
            var client = clientId ?? "";
            if (kind == SummaryKind.Flag) name = "";
            if (kind == SummaryKind.Unique)
            {
                foreach (var of in names.Values) of.Remove(client);
            }
            if (!names.TryGetValue(name, out var clients)) names[name] = clients = new(StringComparer.Ordinal);
            if (isDelete) clients.Remove(client);
            else clients[client] = kind == SummaryKind.Multiple ? clients.GetValueOrDefault(client) + count : 1;
        }

        public void Write(WireWriter json)
        {
            switch (kind)
            {
                case SummaryKind.Total:
                    json.StartMap().Name("total"u8).Number(total).End();
                    break;
                case SummaryKind.Flag:
                    WriteClients(json, names.GetValueOrDefault("") ?? []);
                    break;
                default:
                    json.StartMap();
                    foreach (var (name, clients) in names)
                    {
                        if (json.Written.Length > MostBytes) break;
                        if (clients.Count > 0) WriteClients(json.Name(Encoding.UTF8.GetBytes(name)), clients);
                    }
                    json.End();
                    break;
            }
        }

        private void WriteClients(WireWriter json, SortedDictionary<string, int> clients)
        {
            json.StartMap().Name("total"u8).Number(clients.Values.Sum()).Name("clientIds"u8);
            var isMultiple = kind == SummaryKind.Multiple;
            if (isMultiple) json.StartMap();
            else json.StartArray();
            var isClipped = false;
            foreach (var (client, count) in clients)
            {
                if (client.Length == 0) continue;
                if (isClipped = json.Written.Length > MostBytes) break;
                if (isMultiple) json.Name(Encoding.UTF8.GetBytes(client)).Number(count);
                else json.Text(client);
            }
            json.End().Name("clipped"u8).Flag(isClipped);
            if (isMultiple)
            {
                json.Name("totalUnidentified"u8).Number(clients.GetValueOrDefault(""));
                json.Name("totalClientIds"u8).Number(clients.Keys.Count(static client => client.Length > 0));
            }
            json.End();
        }
    }
}
