namespace Kodama.SocketIO;

/// <summary>Calls the next middleware, and in the end what they stand before; or, with an error, refuses.</summary>
/// <param name="error">What a client is told: its message, and with <see cref="SocketIOException.With{T}"/> data. Null to go on.</param>
public delegate Task NextMiddleware(Exception? error = null);

/// <summary>Middlewares one within another. What is refused, or not passed on, does not reach the end.</summary>
internal static class MiddlewareChain
{
    /// <summary>Null, if all let it pass; else what the client is told.</summary>
    public static async ValueTask<Exception?> RunAsync<T>(T subject, Func<T, NextMiddleware, Task>[] middlewares)
    {
        Exception? refusal = null;
        var passed = false;
        await CallAsync(0).ConfigureAwait(false);
        return refusal ?? (passed ? null : new SocketIOException("A middleware did not let this pass: it did not call next()."));

        Task CallAsync(int index)
        {
            if (index < middlewares.Length) return middlewares[index](subject, error => NextAsync(index + 1, error));
            passed = true;
            return Task.CompletedTask;
        }

        Task NextAsync(int index, Exception? error)
        {
            refusal ??= error;
            return refusal is null ? CallAsync(index) : Task.CompletedTask;
        }
    }
}
