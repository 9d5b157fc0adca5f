using System.Text;

namespace Kodama;

/// <summary>Reads what <see cref="TellingWriter"/> has written, or anybody else: nothing is allocated beyond what there is.</summary>
/// <exception cref="InvalidDataException">Of all methods: it is no such thing.</exception>
internal ref struct TellingReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> rest = bytes;

    public long Number() => System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public string Text()
    {
        try
        {
            return Strict.GetString(Take(Count()));
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException("A text is no UTF-8.", exception);
        }
    }

    public byte[] Bytes() => Take(Count()).ToArray();

    public Payload Payload()
    {
        var kind = (PayloadKind)Take(1)[0];
        var bytes = Bytes();
        var attachments = new List<ReadOnlyMemory<byte>>();
        for (var count = Count(); count > 0; count--) attachments.Add(Bytes());
        return kind switch
        {
            PayloadKind.Text => Kodama.Payload.OfText(bytes),
            PayloadKind.Binary => Kodama.Payload.Of(bytes),
            PayloadKind.Arguments => Kodama.Payload.Arguments(bytes, attachments.Count == 0 ? null : attachments),
            _ => throw new InvalidDataException("A payload is of no kind."),
        };
    }

    public Author? Author()
    {
        if (Take(1)[0] == 0) return null;
        var id = Text();
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var count = Count(); count > 0; count--) details[Text()] = Text();
        return new Author(id, details);
    }

    public List<string> Texts()
    {
        var texts = new List<string>();
        for (var count = Count(); count > 0; count--) texts.Add(Text());
        return texts;
    }

    private int Count()
    {
        var count = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            var part = Take(1)[0];
            count |= (part & 0x7F) << shift;
            if (part < 0x80) return count;
        }
        throw new InvalidDataException("A count is too large.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length) throw new InvalidDataException("It ends too early.");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
