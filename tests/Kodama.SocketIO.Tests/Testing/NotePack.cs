using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kodama.SocketIO.Tests;

/// <summary>
/// MessagePack as npm's notepack.io writes and reads it, for tests that take the part of such a client. A text that begins with
/// <c>0x</c> stands for bytes.
/// </summary>
internal static class NotePack
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a JSON text says.</summary>
    public static byte[] Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        var bytes = new List<byte>();
        Write(document.RootElement, bytes);
        return [.. bytes];
    }

    /// <summary>A packet with the members that node's client gives it.</summary>
    public static byte[] Packet(PacketType type, string data, string space = "/", long? id = null) =>
        Of($$"""{"type":{{(int)type}},"data":{{data}},"options":{"compress":true},"id":{{id?.ToString() ?? "null"}},"nsp":"{{space}}"}""");

    /// <summary>The one value of these hexadecimal digits as JSON; fails where they are more or less.</summary>
    public static string Text(string hex)
    {
        var bytes = Convert.FromHexString(hex.StartsWith("b:", StringComparison.Ordinal) ? hex[2..] : hex);
        ReadOnlySpan<byte> rest = bytes;
        var text = Read(ref rest);
        Assert.Equal(0, rest.Length);
        return text;
    }

    private static void Write(JsonElement value, List<byte> bytes)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                bytes.Add((byte)(0x80 | value.EnumerateObject().Count()));
                foreach (var member in value.EnumerateObject())
                {
                    WriteText(member.Name, bytes);
                    Write(member.Value, bytes);
                }
                break;
            case JsonValueKind.Array:
                bytes.Add(0xDC);
                bytes.AddRange([(byte)(value.GetArrayLength() >> 8), (byte)value.GetArrayLength()]);
                foreach (var item in value.EnumerateArray()) Write(item, bytes);
                break;
            case JsonValueKind.String when value.GetString()!.StartsWith("0x", StringComparison.Ordinal):
                var data = Convert.FromHexString(value.GetString()!.AsSpan(2));
                bytes.AddRange([0xC5, (byte)(data.Length >> 8), (byte)data.Length, .. data]);
                break;
            case JsonValueKind.String:
                WriteText(value.GetString()!, bytes);
                break;
            case JsonValueKind.Number:
                Span<byte> number = stackalloc byte[8];
                if (value.TryGetInt64(out var integer)) BinaryPrimitives.WriteInt64BigEndian(number, integer);
                else BinaryPrimitives.WriteDoubleBigEndian(number, value.GetDouble());
                bytes.AddRange([(byte)(value.TryGetInt64(out _) ? 0xD3 : 0xCB), .. number]);
                break;
            default:
                bytes.Add((byte)(value.ValueKind switch { JsonValueKind.True => 0xC3, JsonValueKind.False => 0xC2, _ => 0xC0 }));
                break;
        }
    }

    private static void WriteText(string text, List<byte> bytes)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        bytes.AddRange([0xDA, (byte)(utf8.Length >> 8), (byte)utf8.Length, .. utf8]);
    }

    private static string Read(ref ReadOnlySpan<byte> rest)
    {
        int type = rest[0];
        rest = rest[1..];
        switch (type)
        {
            case < 0x80: return $"{type}";
            case < 0x90: return ReadMap(ref rest, type & 0xF);
            case < 0xA0: return ReadArray(ref rest, type & 0xF);
            case < 0xC0: return Quote(Encoding.UTF8.GetString(Take(ref rest, type & 0x1F)));
            case >= 0xE0: return $"{(sbyte)type}";
            case 0xC0: return "null";
            case 0xC2: return "false";
            case 0xC3: return "true";
            case 0xC4 or 0xC5 or 0xC6: return $"\"0x{Convert.ToHexString(Take(ref rest, (int)Number(ref rest, 1 << (type - 0xC4))))}\"";
            case 0xCB: return $"{BinaryPrimitives.ReadDoubleBigEndian(Take(ref rest, 8)):R}";
            case >= 0xCC and <= 0xCF: return $"{(ulong)Number(ref rest, 1 << (type - 0xCC))}";
            case 0xD0: return $"{(sbyte)Number(ref rest, 1)}";
            case 0xD1: return $"{(short)Number(ref rest, 2)}";
            case 0xD2: return $"{(int)Number(ref rest, 4)}";
            case 0xD3: return $"{Number(ref rest, 8)}";
            case >= 0xD9 and <= 0xDB:
                return Quote(Encoding.UTF8.GetString(Take(ref rest, (int)Number(ref rest, 1 << (type - 0xD9)))));
            case 0xDC or 0xDD: return ReadArray(ref rest, (int)Number(ref rest, type == 0xDC ? 2 : 4));
            case 0xDE or 0xDF: return ReadMap(ref rest, (int)Number(ref rest, type == 0xDE ? 2 : 4));
            default: throw new InvalidOperationException($"notepack.io reads no 0x{type:X2} here.");
        }
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text, Plain);

    private static string ReadArray(ref ReadOnlySpan<byte> rest, int count)
    {
        var items = new string[count];
        for (var i = 0; i < count; i++) items[i] = Read(ref rest);
        return $"[{string.Join(',', items)}]";
    }

    private static string ReadMap(ref ReadOnlySpan<byte> rest, int count)
    {
        var items = new string[count];
        for (var i = 0; i < count; i++)
        {
            var name = Read(ref rest);
            items[i] = $"{name}:{Read(ref rest)}";
        }
        return $"{{{string.Join(',', items)}}}";
    }

    private static long Number(ref ReadOnlySpan<byte> rest, int size)
    {
        var number = 0L;
        foreach (var part in Take(ref rest, size)) number = number << 8 | part;
        return number;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int length)
    {
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }
}
