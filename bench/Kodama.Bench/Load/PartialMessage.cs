namespace Kodama.Bench.Load;

/// <summary>What has come of a message that several frames bring.</summary>
internal sealed class PartialMessage
{
    private const int MaxMessage = 1024 * 1024;
    private byte[] _bytes = [];
    private int _length;

    public void Keep(ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty)
            return;
        var length = _length + part.Length;
        if (length > MaxMessage)
            throw new LoadException($"The server sent a message of more than {MaxMessage} bytes.");
        if (length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(length, 2 * _bytes.Length));
        part.CopyTo(_bytes.AsSpan(_length));
        _length = length;
    }

    /// <summary>The whole message, whose last part this is; valid until the next call.</summary>
    public ReadOnlySpan<byte> Complete(ReadOnlySpan<byte> last)
    {
        if (_length == 0)
            return last;
        Keep(last);
        var length = _length;
        _length = 0;
        return _bytes.AsSpan(0, length);
    }
}
