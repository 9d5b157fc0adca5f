namespace Kodama.WebSockets.Tests;

/// <summary>Bytes on their way to a reader, and every way in which they may arrive.</summary>
internal static class Wire
{
    /// <summary>Up to here all split points are tried; of longer inputs the first and last ones, where headers are.</summary>
    private const int SplitEverywhere = 512;

    private const byte Poison = 0xFE;

    /// <summary>Demands the same events of the bytes whole, split in two at every boundary, in three around it, and one by one.</summary>
    public static void Expect(Func<MessageReader> makeReader, byte[] bytes, params Seen[] expected)
    {
        Check([bytes]);
        Check(bytes.Chunk(1));
        Check(bytes.Chunk(3));
        foreach (int at in SplitPoints(bytes.Length))
        {
            Check([bytes[..at], bytes[at..]]);
            Check([bytes[..at], [], bytes[at..(at + 1)], bytes[(at + 1)..]]);
        }

        void Check(IEnumerable<byte[]> pieces)
        {
            using MessageReader reader = makeReader();
            Assert.Equal(expected, Feed(reader, pieces));
        }
    }

    public static void ExpectOnServer(string hex, params Seen[] expected) =>
        Expect(() => new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default), Hex.Bytes(hex), expected);

    public static void ExpectOnClient(string hex, params Seen[] expected) =>
        Expect(() => new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default), Hex.Bytes(hex), expected);

    /// <summary>Feeds the pieces, each in memory that is overwritten once it is used up, and answers what was seen up to the end.</summary>
    public static List<Seen> Feed(MessageReader reader, IEnumerable<byte[]> pieces)
    {
        List<Seen> seen = [];
        foreach (byte[] piece in pieces)
        {
            byte[] input = [.. piece];
            int used = 0;
            while (true)
            {
                ReadEvent answered = reader.Read(input.AsMemory(used), out int consumed);
                used += consumed;
                if (answered == ReadEvent.NeedMore)
                    break;
                if (answered == ReadEvent.Pause)
                    continue;
                seen.Add(Seen.In(reader, answered));
                if (answered is ReadEvent.Close or ReadEvent.Error)
                    return seen;
            }
            Assert.Equal(input.Length, used);
            input.AsSpan().Fill(Poison);
        }
        return seen;
    }

    private static IEnumerable<int> SplitPoints(int length) =>
        Enumerable.Range(0, length).Where(at => length <= SplitEverywhere || at < 32 || at >= length - 32);
}
