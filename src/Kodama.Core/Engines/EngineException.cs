namespace Kodama;

/// <summary>An engine cannot do its work: the message says what is wrong, with the file or address, and what to do.</summary>
public sealed class EngineException : Exception
{
    /// <summary>Without a text.</summary>
    public EngineException()
    {
    }

    /// <summary>With what is wrong and what to do.</summary>
    public EngineException(string message)
        : base(message)
    {
    }

    /// <summary>With what is wrong, what to do, and the cause.</summary>
    public EngineException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
