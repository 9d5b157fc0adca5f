namespace Kodama.Discovery;

/// <summary>Which of our names is another's.</summary>
internal enum TakenName
{
    Instance,
    Host,
}
