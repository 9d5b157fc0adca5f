namespace Kodama.Cli.Service;

/// <summary>One of the steps that make a hub a service of a system, or take it out.</summary>
internal abstract record ServiceStep
{
    /// <summary>A file is to be there, for its owner alone; one that is there stays, where it is somebody's settings.</summary>
    public sealed record Write(string Path, string Content, bool IsSettings = false) : ServiceStep
    {
        public override string ToString() => $"# write {Path}\n{Content}";
    }

    /// <summary>A file is to be gone.</summary>
    public sealed record Delete(string Path) : ServiceStep
    {
        public override string ToString() => $"# delete {Path}";
    }

    /// <summary>A program is to be run.</summary>
    public sealed record Run(params string[] Command) : ServiceStep
    {
        /// <summary>Whether it may fail, as what it is to do may have been done.</summary>
        public bool MayFail { get; init; }

        public override string ToString() => $"# run {string.Join(' ', Command)}";
    }
}
