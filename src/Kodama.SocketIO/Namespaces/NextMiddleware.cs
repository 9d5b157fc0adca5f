namespace Kodama.SocketIO;

/// <summary>Calls the next middleware, and in the end what they stand before; or, with an error, refuses.</summary>
/// <param name="error">What a client is told: its message, and with <see cref="SocketIOException.With{T}"/> data. Null to go on.</param>
public delegate Task NextMiddleware(Exception? error = null);
