namespace Kodama.Discovery;

internal enum HttpReadState
{
    NeedMore,
    Complete,

    /// <summary>It breaks the grammar or the bound, or ended too early.</summary>
    Error,
}
