namespace Kodama.Network.Lab;

/// <summary>The laboratory itself failed, or a process in it did.</summary>
public sealed class LabException(string message, Exception? inner = null) : Exception(message, inner);
