namespace Kodama.Bench.Load;

/// <summary>The load could not be applied: a handshake was refused, say, or a connection never came up.</summary>
internal sealed class LoadException(string message) : Exception(message);
