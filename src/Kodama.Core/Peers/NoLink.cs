namespace Kodama;

/// <summary>The link of a publisher that holds no connection.</summary>
internal sealed class NoLink : IPeerLink
{
    public static readonly NoLink Instance = new();

    public void Flush()
    {
    }

    public void Close(CloseReason reason)
    {
    }
}
