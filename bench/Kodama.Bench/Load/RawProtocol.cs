namespace Kodama.Bench.Load;

/// <summary>The application's text as it is.</summary>
internal sealed class RawProtocol : WireProtocol;
