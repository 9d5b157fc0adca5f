namespace Kodama.Bench.Load.Crowd;

/// <summary>What is said in kodama.v1 (docs/specs/kodama.v1.md) by clients of one room.</summary>
internal sealed class CrowdProtocol : WireProtocol
{
    public const string Path = "/ws";
    public const string Subprotocol = "kodama.v1";
    public const string Leave = """{"type":"leave","room":"crowd","n":1}""";
    public const string Ping = """{"type":"ping","n":1}""";

    public override ReadOnlySpan<byte> Prefix => "{\"type\":\"publish\",\"room\":\"crowd\",\"text\":\""u8;

    public override ReadOnlySpan<byte> Suffix => "\"}"u8;

    /// <param name="session">The session to come back with, as the hub gave it; null for a new one.</param>
    public static string HelloWith(string? session) =>
        session is null ? """{"type":"hello"}""" : $$"""{"type":"hello","session":{{session}}}""";

    /// <param name="start">Where to begin, as a member of the request such as <c>"last":100</c>; null for what comes from now on.</param>
    public static string JoinAt(string? start) => $$"""{"type":"join","room":"crowd"{{(start is null ? "" : $",{start}")}}}""";
}
