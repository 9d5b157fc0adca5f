using System.Text;

namespace Kodama.Discovery;

/// <summary>What a hub tells of itself in its TXT record (docs/specs/discovery.md).</summary>
public sealed record HubText(string Id, string Path, string? CertificateFingerprint, IReadOnlyDictionary<string, string> Details)
{
    /// <summary>The cluster that the hub belongs to; null for none.</summary>
    public string? Cluster { get; init; }

    private const string Version = "1";
    private const string DetailPrefix = "d.";

    // RFC 6763 section 6.1: a string has one byte of length.
    private const int MaxPair = 255;

    /// <summary>The pairs of the record. Details that do not fit or cannot be written are left out.</summary>
    /// <param name="id">Of the hub.</param>
    /// <param name="path">Of its WebSocket endpoint.</param>
    /// <param name="certificateFingerprint">SHA-256; null without TLS.</param>
    /// <param name="details">What it tells of itself.</param>
    /// <param name="cluster">To which it belongs; null for none.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Encode(
        string id, string path, string? certificateFingerprint, IReadOnlyDictionary<string, string> details, string? cluster = null)
    {
        var text = new List<KeyValuePair<string, string>>();
        var length = 0;
        Add("txtvers", Version);
        Add("id", id);
        Add("path", path);
        if (certificateFingerprint is not null) Add("tls", certificateFingerprint);
        if (cluster is not null) Add("cluster", cluster);
        foreach (var (key, value) in details.OrderBy(d => d.Key, StringComparer.Ordinal)) Add(DetailPrefix + key, value);
        return text;

        void Add(string key, string value)
        {
            if (!IsKey(key)) return;
            var pair = key.Length + 1 + Encoding.UTF8.GetByteCount(value);
            if (pair > MaxPair || length + 1 + pair > Advertisement.MaxText) return;
            length += 1 + pair;
            text.Add(new(key, value));
        }
    }

    /// <summary>
    /// Reads the pairs of a record; null if its <c>id</c> is not 1 to 64 letters and digits, its <c>tls</c> no SHA-256, or its version not
    /// known. A path that is none counts as the usual one; details are raw.
    /// </summary>
    public static HubText? Decode(IEnumerable<KeyValuePair<string, string>> text)
    {
        string? id = null, path = null, fingerprint = null, version = null, cluster = null;
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in text)
        {
            // Keys ignore case, and of one that is repeated the first counts (RFC 6763 section 6.4); a detail's name is our own.
            switch (key.ToLowerInvariant())
            {
                case "txtvers": version ??= value; break;
                case "id": id ??= value; break;
                case "path": path ??= value; break;
                case "tls": fingerprint ??= value.ToLowerInvariant(); break;
                case "cluster": cluster ??= HubFields.ClusterOf(value); break;
                case var lower when lower.StartsWith(DetailPrefix, StringComparison.Ordinal):
                    details.TryAdd(key[DetailPrefix.Length..], value);
                    break;
            }
        }
        if (!HubFields.IsId(id) || version is not (null or Version) || (fingerprint is not null && !HubFields.IsFingerprint(fingerprint)))
            return null;
        return new HubText(id, HubFields.PathOf(path), fingerprint, details) { Cluster = cluster };
    }

    private static bool IsKey(string key) => key.All(c => c is >= ' ' and <= '~' and not '=');
}
