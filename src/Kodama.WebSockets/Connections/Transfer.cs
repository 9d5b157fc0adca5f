namespace Kodama.WebSockets;

/// <summary>How a receive or send ended.</summary>
/// <param name="Count">Bytes moved. Of a receive into a buffer, 0 is the end of the stream.</param>
/// <param name="Error">What broke the transport, or null.</param>
public readonly record struct Transfer(int Count, Exception? Error = null);
