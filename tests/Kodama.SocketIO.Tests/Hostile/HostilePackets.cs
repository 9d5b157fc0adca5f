namespace Kodama.SocketIO.Tests.Hostile;

/// <summary>Packets of a client that means harm, and whether its session is served on or ends.</summary>
internal static class HostilePackets
{
    /// <summary>Each by a name that a test can show.</summary>
    public static readonly Dictionary<string, (string Packet, bool IsServed)> All = new(StringComparer.Ordinal)
    {
        ["empty message"] = ("4", false),
        ["unknown Engine.IO type"] = ("9", false),
        ["unknown Socket.IO type"] = ("49[\"a\"]", false),
        ["open"] = ("0{\"sid\":\"x\"}", true),
        ["noop"] = ("6", true),
        ["pong that nobody asked for"] = ("3", true),
        ["pong with a megabyte"] = ("3" + new string('p', 900_000), true),
        ["ping of a client"] = ("2", false),
        ["probe within a session"] = ("2probe", false),
        ["base64 that is none"] = ("b!!!!", false),
        ["base64 that nobody announced"] = ("bAQID", false),
        ["CONNECT again"] = ("40", false),
        ["CONNECT with an array"] = ("40[1]", false),
        ["CONNECT_ERROR of a client"] = ("44{\"message\":\"x\"}", false),
        ["DISCONNECT of another namespace"] = ("41/nowhere", false),
        ["event for another namespace"] = ("42/nowhere,[\"a\"]", false),
        ["namespace of a megabyte"] = ("40/" + new string('n', 900_000), false),
        ["namespace of nothing but slashes"] = ("40" + new string('/', 100) + ",", true),
        ["namespace __proto__"] = ("40/__proto__,", true),
        ["namespace with a line feed"] = ("40/a\nb,", true),
        ["namespace with a zero"] = ("40/a\0b,", true),
        ["payload missing"] = ("42", false),
        ["payload not JSON"] = ("42[\"a\"", false),
        ["payload followed by more"] = ("42[\"a\"]x", false),
        ["array without a name"] = ("42[]", false),
        ["name an object"] = ("42[{\"toString\":\"foo\"}]", false),
        ["name null"] = ("42[null]", false),
        ["name a number"] = ("42[1]", true),
        ["name of a megabyte"] = ($"42[\"{new string('n', 900_000)}\"]", false),
        ["name __proto__"] = ("42[\"__proto__\",{\"__proto__\":{\"admin\":true}}]", true),
        ["name constructor"] = ("42[\"constructor\"]", true),
        ["name error"] = ("42[\"error\",\"x\"]", true),
        ["name connect"] = ("42[\"connect\"]", false),
        ["name connect_error"] = ("42[\"connect_error\"]", false),
        ["name disconnect"] = ("42[\"disconnect\"]", false),
        ["name disconnecting"] = ("42[\"disconnecting\"]", false),
        ["name newListener"] = ("42[\"newListener\"]", false),
        ["name removeListener, escaped"] = ("42[\"remove\\u004cistener\"]", false),
        ["name with half of a pair"] = ("42[\"\\ud800\"]", false),
        ["argument with half of a pair"] = ("42[\"echo\",\"\\ud800\"]", true),
        ["argument with a lone second half"] = ("42[\"echo\",\"\\udc00x\"]", true),
        ["number beyond every type"] = ("42[\"echo\",1e999999,-1e-999999]", true),
        ["number of a megabyte"] = ($"42[\"echo\",{new string('9', 900_000)}]", true),
        ["100,000 brackets"] = ("42[\"echo\"," + new string('[', 100_000), false),
        ["100,000 brackets, closed"] = ("42[\"echo\"," + new string('[', 100_000) + new string(']', 100_000) + "]", false),
        ["100,000 objects"] = ("42[\"echo\"," + string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1]", false),
        ["100,000 members of one name"] = ("42[\"echo\",{" + string.Join(',', Enumerable.Repeat("\"a\":1", 100_000)) + "}]", true),
        ["ack id of 10^30"] = ("421" + new string('0', 30) + "[\"echo\"]", false),
        ["ack id of a megabyte"] = ("42" + new string('1', 900_000) + "[\"echo\"]", false),
        ["ack id below zero"] = ("42-1[\"echo\"]", false),
        ["ack of nothing"] = ("4399[1]", true),
        ["ack without an id"] = ("43[1]", true),
        ["ack that is no array"] = ("431{\"length\":1}", false),
        ["attachments beyond every number"] = ("451-999999999999-[\"a\"]", false),
        ["attachments as a number of a megabyte"] = ("45" + new string('9', 900_000) + "-[\"a\"]", false),
        ["attachments of 2^31"] = ("452147483648-[\"a\"]", false),
        ["attachments 0"] = ("450-[\"a\"]", false),
        ["attachments not told"] = ("45-[\"a\"]", false),
        ["attachments below zero"] = ("45-1-[\"a\"]", false),
        ["placeholder of a method"] = ("451-[\"echo\",{\"_placeholder\":true,\"num\":\"splice\"}]", false),
        ["placeholder beyond the last"] = ("451-[\"echo\",{\"_placeholder\":true,\"num\":1}]", false),
        ["placeholder below zero"] = ("451-[\"echo\",{\"_placeholder\":true,\"num\":-1}]", false),
        ["placeholder of a fraction"] = ("451-[\"echo\",{\"_placeholder\":true,\"num\":0.5}]", false),
        ["30,000 placeholders of one attachment"] =
            ("451-[\"echo\"," + string.Join(',', Enumerable.Repeat("{\"_placeholder\":true,\"num\":0}", 30_000)) + "]", false),
        ["binary event interrupted by text"] = ("452-[\"echo\",{\"_placeholder\":true,\"num\":0}]\u001e42[\"echo\"]", false),
    };

    /// <summary>The same of a client with socket.io-msgpack-parser.</summary>
    public static readonly Dictionary<string, (byte[] Packet, bool IsServed)> MessagePack = new(StringComparer.Ordinal)
    {
        ["nothing"] = ([], false),
        ["zeros"] = (new byte[900_000], false),
        ["what JSON would be"] = (Bytes.Of("42[\"echo\"]"), false),
        ["text of the largest length"] = (Echo([0xDB, 0xFF, 0xFF, 0xFF, 0xFF]), false),
        ["array of the largest length"] = (Echo([0xDD, 0xFF, 0xFF, 0xFF, 0xFF]), false),
        ["map of the largest length"] = (Echo([0xDF, 0x7F, 0xFF, 0xFF, 0xFF]), false),
        ["array of a length that nearly fits"] = (Echo([0xDD, 0x00, 0x0D, 0xBB, 0xA0, .. new byte[899_999]]), false),
        ["450,000 arrays within each other"] = (Echo([.. Enumerable.Repeat((byte)0x91, 450_000), 0xC0]), false),
        ["450,000 arrays where they do not count"] = (
            [0x84, 0xA1, (byte)'x', .. Enumerable.Repeat((byte)0x91, 450_000), 0xC0, .. Echo([0xC0])[1..]], true),
        ["900,000 characters that JSON has six for"] = (
            Echo([0xDB, 0x00, 0x0D, 0xBB, 0xA0, .. Enumerable.Repeat((byte)1, 900_000)]), true),
        ["900,000 times nothing"] = (Echo([0xDD, 0x00, 0x0D, 0xBB, 0xA0, .. Enumerable.Repeat((byte)0xC0, 900_000)]), true),
        ["900,000 empty maps"] = (Echo([0xDD, 0x00, 0x0D, 0xBB, 0xA0, .. Enumerable.Repeat((byte)0x80, 900_000)]), true),
        ["400,000 bytes without bytes"] = (
            Echo([0xDD, 0x00, 0x06, 0x1A, 0x80, .. Enumerable.Repeat<byte[]>([0xC4, 0x00], 400_000).SelectMany(b => b)]), false),
        ["a date at the end of time"] = (Echo([0xD7, 0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), true),
        ["a member __proto__"] = (Echo([0x81, 0xA9, .. "__proto__"u8, 0x81, 0xA5, .. "admin"u8, 0xC3]), true),
        ["a name that is a map"] = (Echo([0x81, 0x81, 0xC0, 0xC0, 0xC0]), false),
        ["a type that there is not"] = (Echo([0xC1]), false),
    };

    private static byte[] Echo(byte[] argument) =>
        [0x83, 0xA4, .. "type"u8, 0x02, 0xA3, .. "nsp"u8, 0xA1, (byte)'/', 0xA4, .. "data"u8, 0x92, 0xA4, .. "echo"u8, .. argument];
}
