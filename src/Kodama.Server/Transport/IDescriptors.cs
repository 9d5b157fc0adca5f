namespace Kodama.Server;

/// <summary>The file descriptors of a process: each connection takes one, and so does much else.</summary>
internal interface IDescriptors
{
    /// <summary>Most that may be open at once; <see cref="int.MaxValue"/> where there is no such limit, or none that can be kept.</summary>
    int Limit { get; }

    /// <summary>How many are open, of the whole process. Takes some microseconds for each hundred.</summary>
    int Count();

    /// <summary>Whether few are left: while they are, no threads are to begin that can wait, as each takes some.</summary>
    void Spare(bool few);
}
