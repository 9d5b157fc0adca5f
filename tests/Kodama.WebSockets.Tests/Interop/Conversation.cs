using FsCheck;
using FsCheck.Fluent;

namespace Kodama.WebSockets.Tests;

/// <summary>What one end says to the other, how it reaches it, and which end the codec is.</summary>
public sealed record Conversation(WebSocketRole Codec, Deflate Deflate, Said[] Messages, int Seed)
{
    public static Arbitrary<Conversation> Any => Arb.From(
        from codec in Gen.Elements(WebSocketRole.Server, WebSocketRole.Client)
        from deflate in Gen.Elements(Enum.GetValues<Deflate>())
        from messages in Gen.ArrayOf(Said.Any)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new Conversation(codec, deflate, messages, seed),
        Shrink);

    public override string ToString() => $"{Codec}, {Deflate}, seed {Seed}: {string.Join(", ", Messages.AsEnumerable())}";

    private static IEnumerable<Conversation> Shrink(Conversation conversation)
    {
        for (int i = 0; i < conversation.Messages.Length; i++)
            yield return conversation with { Messages = [.. conversation.Messages[..i], .. conversation.Messages[(i + 1)..]] };
        for (int i = 0; i < conversation.Messages.Length; i++)
        {
            Said said = conversation.Messages[i];
            Said[] simpler = [.. conversation.Messages[..i], said with { Fragments = 1 }, .. conversation.Messages[(i + 1)..]];
            if (said.Fragments > 1)
                yield return conversation with { Messages = simpler };
        }
    }
}

public enum Deflate
{
    None,
    NoTakeover,
    Takeover,
    TakeoverOfSmallWindow,
}

/// <summary>A message: random lines of a small vocabulary or, as binary, at times random bytes, so that some compress and some do
/// not.</summary>
public sealed record Said(MessageType Type, int Size, int Fragments, bool Compressed, int Seed)
{
    private static readonly string[] Words = ["forest ", "echo ", "kodama ", "木霊", "🌲", "{\"x\":", "1.5}", "é"];

    public static Gen<Said> Any =>
        from type in Gen.Elements(MessageType.Text, MessageType.Binary)
        from size in Gen.Frequency((8, Gen.Choose(0, 300)), (3, Gen.Choose(0, 20_000)), (1, Gen.Choose(65_000, 140_000)))
        from fragments in Gen.Frequency((2, Gen.Constant(1)), (1, Gen.Choose(2, 9)))
        from compressed in Gen.Elements(true, true, false)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new Said(type, size, fragments, compressed, seed);

    public byte[] Payload()
    {
        var random = new Random(Seed);
        byte[] bytes = new byte[Size];
        if (Type == MessageType.Binary && Seed % 2 == 0)
        {
            random.NextBytes(bytes);
            return bytes;
        }
        var text = new System.Text.StringBuilder();
        while (text.Length < Size)
            text.Append(Words[random.Next(Words.Length)]);
        System.Text.Unicode.Utf8.FromUtf16(text.ToString(), bytes, out _, out int written);
        return bytes[..written];
    }

    internal Seen Seen() => new(ReadEvent.Message, (Type == MessageType.Text ? "text " : "binary ") + Hex.Of(Payload()));

    /// <summary>The payload in as many pieces as the message has fragments, cut anywhere.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Cut(byte[] payload, int fragments, Random random)
    {
        int[] cuts = [0, .. Enumerable.Range(1, fragments - 1).Select(_ => random.Next(payload.Length + 1)).Order(), payload.Length];
        for (int i = 0; i < fragments; i++)
            yield return payload.AsMemory(cuts[i]..cuts[i + 1]);
    }
}
