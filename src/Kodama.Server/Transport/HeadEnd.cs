namespace Kodama.Server;

/// <summary>Looks for the empty line that ends the head of a request (RFC 9112 section 2.1), and HTTP/2's preface too, over reads of any
/// size.</summary>
internal struct HeadEnd
{
    private byte matched;

    public bool IsIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (b == "\r\n\r\n"u8[matched]) matched++;
            else matched = b == '\r' ? (byte)1 : (byte)0;
            if (matched == 4) return true;
        }
        return false;
    }
}
