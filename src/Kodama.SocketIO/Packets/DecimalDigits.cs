namespace Kodama.SocketIO;

/// <summary>How many digits a number takes.</summary>
internal static class DecimalDigits
{
    public static int Count(long value)
    {
        var digits = 1;
        for (; value >= 10; value /= 10) digits++;
        return digits;
    }
}
