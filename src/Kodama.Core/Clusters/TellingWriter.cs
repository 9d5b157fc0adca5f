using System.Text;

namespace Kodama;

/// <summary>What one hub tells another, as bytes: numbers little-endian, texts as UTF-8 and bytes behind their lengths.</summary>
internal sealed class TellingWriter : IDisposable
{
    private readonly MemoryStream stream = new();
    private readonly BinaryWriter writer;

    public TellingWriter() => writer = new BinaryWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    public ReadOnlyMemory<byte> Written
    {
        get
        {
            writer.Flush();
            return stream.GetBuffer().AsMemory(0, (int)stream.Length);
        }
    }

    public TellingWriter Add(string text)
    {
        writer.Write(text);
        return this;
    }

    public TellingWriter Add(long number)
    {
        writer.Write(number);
        return this;
    }

    public TellingWriter Add(ReadOnlySpan<byte> bytes)
    {
        writer.Write7BitEncodedInt(bytes.Length);
        writer.Write(bytes);
        return this;
    }

    public TellingWriter Add(in Payload payload)
    {
        writer.Write((byte)payload.Kind);
        Add(payload.Bytes.Span);
        writer.Write7BitEncodedInt(payload.Attachments.Count);
        foreach (var attachment in payload.Attachments) Add(attachment.Span);
        return this;
    }

    /// <summary>Null for the hub's own program.</summary>
    public TellingWriter Add(Author? author)
    {
        writer.Write(author is not null);
        if (author is null) return this;
        Add(author.Id);
        writer.Write7BitEncodedInt(author.Details.Count);
        foreach (var (name, value) in author.Details) Add(name).Add(value);
        return this;
    }

    public TellingWriter Add(IReadOnlyCollection<string> texts)
    {
        writer.Write7BitEncodedInt(texts.Count);
        foreach (var text in texts) Add(text);
        return this;
    }

    public void Dispose() => writer.Dispose();
}
