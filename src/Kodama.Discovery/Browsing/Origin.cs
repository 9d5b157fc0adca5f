using System.Net;

namespace Kodama.Discovery;

/// <summary>Whence a message came.</summary>
/// <param name="Source">Who sent it.</param>
/// <param name="IsOwnMachine">That is this machine.</param>
/// <param name="ToOwnPort">It came to the browser's own port, as the answer to its question.</param>
internal readonly record struct Origin(IPAddress Source, bool IsOwnMachine, bool ToOwnPort);
