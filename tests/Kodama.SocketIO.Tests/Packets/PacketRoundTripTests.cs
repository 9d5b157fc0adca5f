using System.Text.Encodings.Web;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Kodama.SocketIO.Tests;

public class PacketRoundTripTests
{
    private static readonly JsonSerializerOptions[] Encoders =
    [
        new() { Encoder = JavaScriptEncoder.Default },
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true },
    ];

    [Fact]
    public void Event_WrittenAndRead_IsTheSame()
    {
        Prop.ForAll(Events, e =>
        {
            var payload = e.Arguments is null
                ? Payload.Of(e.Text)
                : Payload.Arguments(JsonSerializer.SerializeToUtf8Bytes(e.Arguments, Encoders[e.Encoder]));
            var packet = OutgoingPacket.ForEvent(Bytes.Of(e.Namespace), e.Name, payload, e.AckId);
            var text = Bytes.Of(PacketWriterTests.Write(packet));

            Assert.Equal(PacketError.None, PacketReader.Read(text, PacketLimits.Default, out var read));
            Assert.Equal(
                (PacketType.Event, e.Namespace, e.Name, e.AckId),
                (read.Type, Bytes.Text(read.Namespace), read.GetEventName(), read.AckId));
            var said = read.ToPayload();
            if (e.Arguments is null && e.Name == "message") Assert.Equal((PayloadKind.Text, e.Text), (said.Kind, said.ToString()));
            var arguments = said.Kind == PayloadKind.Text ? [said.ToString()] : JsonSerializer.Deserialize<string[]>(said.Bytes.Span);
            Assert.Equal(e.Arguments ?? [e.Text], arguments);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Unescape_WhatWasEscaped_IsTheSame()
    {
        Prop.ForAll(Text.ToArbitrary(), text =>
        {
            var utf8 = Bytes.Of(text);
            var escaped = new byte[JsonQuote.EscapedSize(utf8)];
            Assert.Equal(escaped.Length, JsonQuote.Escape(utf8, escaped));
            Assert.Equal(text, JsonSerializer.Deserialize<string>($"\"{Bytes.Text(escaped)}\""));
            foreach (var options in Encoders) escaped = JsonSerializer.SerializeToUtf8Bytes(text, options)[1..^1];
            // Onto itself.
            Assert.True(JsonText.TryUnescape(escaped, escaped, out var size));
            Assert.Equal(text, Bytes.Text(escaped.AsSpan(0, size)));
        }).QuickCheckThrowOnFailure();
    }

    private static Gen<string> Text =>
        Gen.ArrayOf(Gen.Elements(
            "a", "\"", "\\", "/", "u", "\n", "\u0000", "\u001f", "\u007f", "é", "€", "😀", "\u2028", "<", "+", ",", "]", "[", "木霊"))
            .Select(string.Concat);

    private static Arbitrary<Said> Events => (
        from name in Gen.OneOf(Gen.Constant("message"), Text)
        from space in Gen.Elements("/", "/a", "/chat/木霊?x=1")
        from id in Gen.OneOf(Gen.Constant((long?)null), Gen.Choose(0, int.MaxValue).Select(i => (long?)i * 7))
        from arguments in Gen.OneOf(Gen.Constant((string[]?)null), Gen.ArrayOf(Text).Select(all => (string[]?)all))
        from text in Text
        from encoder in Gen.Choose(0, 1)
        select new Said(name, space, id, arguments, text, encoder)).ToArbitrary();

    private sealed record Said(string Name, string Namespace, long? AckId, string[]? Arguments, string Text, int Encoder);
}
