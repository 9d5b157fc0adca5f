using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kodama;

/// <summary>Looks for words in texts and in the strings of arguments. A message without any allocates nothing.</summary>
internal sealed class BannedWords(IEnumerable<string> words, BannedWordAction action) : IPromptFilter
{
    private static readonly FilterResult Dropped = FilterResult.Drop("It contains a word that is not allowed here.");
    private static readonly FilterResult Malformed = FilterResult.Drop("Its arguments are not JSON.");

    private readonly WordList list = new(words);

    public ValueTask<FilterResult> FilterAsync(Message message, CancellationToken cancellationToken) => new(message.Payload.Kind switch
    {
        PayloadKind.Text => FilterText(message.Payload),
        PayloadKind.Arguments => FilterArguments(message.Payload),
        _ => FilterResult.Pass,
    });

    private FilterResult FilterText(in Payload payload)
    {
        var bytes = payload.Bytes.Span;
        var rented = ArrayPool<char>.Shared.Rent(bytes.Length);
        try
        {
            var text = rented.AsSpan(0, Encoding.UTF8.GetChars(bytes, rented));
            if (!Censor(text)) return FilterResult.Pass;
            return action == BannedWordAction.Drop ? Dropped : FilterResult.Replace(Payload.OfText(Utf8(text)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    // What holds no word keeps its bytes: only strings that do are written anew.
    private FilterResult FilterArguments(in Payload payload)
    {
        var json = payload.Bytes.Span;
        var rented = ArrayPool<char>.Shared.Rent(json.Length);
        ArrayBufferWriter<byte>? censored = null;
        var copied = 0;
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.String) continue;
                var text = rented.AsSpan(0, reader.CopyString(rented));
                if (!Censor(text)) continue;
                if (action == BannedWordAction.Drop) return Dropped;
                var start = (int)reader.TokenStartIndex;
                censored ??= new ArrayBufferWriter<byte>(json.Length);
                censored.Write(json[copied..start]);
                censored.Write("\""u8);
                censored.Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
                censored.Write("\""u8);
                copied = (int)reader.BytesConsumed;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Malformed;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
        if (censored is null) return FilterResult.Pass;
        censored.Write(json[copied..]);
        return FilterResult.Replace(Payload.Arguments(censored.WrittenMemory, payload.Attachments));
    }

    /// <summary>Whether there was a word; if they are to be replaced, they have been.</summary>
    private bool Censor(Span<char> text)
    {
        var any = false;
        for (var (index, length) = list.Find(text, 0); length > 0; (index, length) = list.Find(text, index + length))
        {
            any = true;
            if (action == BannedWordAction.Drop) break;
            text.Slice(index, length).Fill('*');
        }
        return any;
    }

    private static byte[] Utf8(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
