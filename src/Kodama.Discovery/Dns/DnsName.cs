using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Kodama.Discovery;

/// <summary>
/// A domain name: labels of 1 to 63 bytes, 255 bytes in all (RFC 1035 section 3.1). Labels are UTF-8 and may hold dots and spaces, as those
/// of instances do (RFC 6763 section 4.1.1). Names are equal whatever the case of their ASCII letters (RFC 6762 section 16). Immutable.
/// </summary>
internal sealed class DnsName : IEquatable<DnsName>
{
    public const int MaxLength = 255;
    public const int MaxLabel = 63;

    private readonly byte[] wire;

    private DnsName(byte[] wire) => this.wire = wire;

    public static DnsName Root { get; } = new([0]);

    /// <summary>Each label behind its length, and a zero.</summary>
    public ReadOnlySpan<byte> Wire => wire;

    public bool IsRoot => wire.Length == 1;

    /// <summary>The first label, dots and all; what is no UTF-8 in it shows as U+FFFD. Empty for the root.</summary>
    public string Label => Encoding.UTF8.GetString(wire.AsSpan(1, wire[0] == 0 ? 0 : wire[0]));

    /// <summary>The name without its first label; the root's is the root.</summary>
    public DnsName Parent => IsRoot ? this : new(wire[(1 + wire[0])..]);

    /// <summary>Labels between dots.</summary>
    /// <exception cref="ArgumentException">A label is empty or too long, or the name is.</exception>
    public static DnsName Parse(string name) => Root.Under(name.TrimEnd('.'));

    /// <summary>A name of labels between dots, within this one.</summary>
    /// <exception cref="ArgumentException">A label is empty or too long, or the name is.</exception>
    public DnsName Under(string labels) => labels.Split('.').Reverse().Aggregate(this, (name, label) => name.Prepend(label));

    /// <summary>Takes what a reader has put together: labels, and a zero at the end.</summary>
    public static DnsName FromWire(ReadOnlySpan<byte> wire) => wire.Length == 1 ? Root : new(wire.ToArray());

    /// <summary>This name with a label before it.</summary>
    /// <exception cref="ArgumentException">The label is empty or too long, or the name would be.</exception>
    public DnsName Prepend(string label)
    {
        var bytes = Encoding.UTF8.GetBytes(label);
        if (bytes.Length is 0 or > MaxLabel)
            throw new ArgumentException($"A label has 1 to {MaxLabel} bytes, \"{label}\" has {bytes.Length}.", nameof(label));
        if (1 + bytes.Length + wire.Length > MaxLength)
            throw new ArgumentException($"\"{label}.{this}\" is longer than {MaxLength} bytes.", nameof(label));
        return new([(byte)bytes.Length, .. bytes, .. wire]);
    }

    public bool Equals([NotNullWhen(true)] DnsName? other) =>
        ReferenceEquals(this, other) || (other is not null && wire.Length == other.wire.Length && SameIgnoringCase(wire, other.wire));

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var b in wire) hash.Add(LowerCase(b));
        return hash.ToHashCode();
    }

    /// <summary>Labels with dots between them; dots, backslashes and what does not print in them escaped as in zone files.</summary>
    public override string ToString()
    {
        if (IsRoot) return ".";
        var text = new StringBuilder();
        for (var name = this; !name.IsRoot; name = name.Parent)
        {
            if (text.Length > 0) text.Append('.');
            foreach (var c in name.Label)
            {
                if (c is '.' or '\\') text.Append('\\').Append(c);
                else if (char.IsControl(c)) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\{(int)c:D3}");
                else text.Append(c);
            }
        }
        return text.ToString();
    }

    // Lengths of labels are below 64, and so no letters.
    private static bool SameIgnoringCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            if (LowerCase(left[i]) != LowerCase(right[i])) return false;
        }
        return true;
    }

    private static byte LowerCase(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}
