using System.Text;

namespace Kodama.Discovery;

/// <summary>Strings of up to 255 bytes, each behind its length (RFC 6763 section 6.1). Kept as in the packet.</summary>
internal sealed record TxtData : DnsData
{
    private const int MaxString = 255;

    private readonly byte[] bytes;

    private TxtData(byte[] bytes) : base(DnsType.Txt) => this.bytes = bytes;

    /// <summary>The record's size in bytes.</summary>
    public int Length => bytes.Length;

    /// <summary>The pairs in their order. A string without <c>=</c> is a key with an empty value; one that begins with it is skipped
    /// (section 6.4).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs
    {
        get
        {
            var pairs = new List<KeyValuePair<string, string>>();
            for (var at = 0; at < bytes.Length; at += 1 + bytes[at])
            {
                var pair = bytes.AsSpan(at + 1, bytes[at]);
                var equals = pair.IndexOf((byte)'=');
                if (equals == 0 || pair.IsEmpty) continue;
                var key = equals < 0 ? pair : pair[..equals];
                pairs.Add(new(Encoding.UTF8.GetString(key), equals < 0 ? "" : Encoding.UTF8.GetString(pair[(equals + 1)..])));
            }
            return pairs;
        }
    }

    /// <exception cref="ArgumentException">A pair has more than 255 bytes, or its key is none.</exception>
    public static TxtData Of(IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        var bytes = new List<byte>();
        foreach (var (key, value) in pairs)
        {
            if (key.Length == 0 || key.Any(c => c is < ' ' or > '~' or '='))
                throw new ArgumentException($"A key of a TXT record is printable ASCII without '=', not \"{key}\".", nameof(pairs));
            var pair = Encoding.UTF8.GetBytes($"{key}={value}");
            if (pair.Length > MaxString)
            {
                throw new ArgumentException(
                    $"A pair of a TXT record has at most {MaxString} bytes, that of \"{key}\" has {pair.Length}.", nameof(pairs));
            }
            bytes.Add((byte)pair.Length);
            bytes.AddRange(pair);
        }
        return new TxtData(bytes.Count == 0 ? [0] : [.. bytes]);
    }

    /// <summary>False if a string is longer than what there is. No string at all means one that is empty.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out TxtData? text)
    {
        text = null;
        for (var at = 0; at < data.Length; at += 1 + data[at])
        {
            if (at + 1 + data[at] > data.Length) return false;
        }
        text = new TxtData(data.IsEmpty ? [0] : data.ToArray());
        return true;
    }

    public bool Equals(TxtData? other) => other is not null && bytes.AsSpan().SequenceEqual(other.bytes);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(' ', Pairs.Select(p => $"\"{p.Key}={p.Value}\""));

    internal override void Write(DnsWriter writer) => writer.WriteBytes(bytes);
}
