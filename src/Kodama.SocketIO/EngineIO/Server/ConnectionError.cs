using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>A request that is refused, as <see cref="EngineServer.OnConnectionError"/> is told of it.</summary>
/// <param name="HttpContext">The request. Valid until the handler returns.</param>
/// <param name="Code">Engine.IO's: 0 unknown transport, 1 unknown session, 2 bad method, 3 bad request, 4 forbidden, or no room for more
/// sessions, 5 unsupported version.</param>
/// <param name="Message">Node's text of the code.</param>
/// <param name="Context">What was wrong in particular, under node's names: <c>transport</c>, <c>sid</c>, <c>method</c>, <c>name</c>,
/// <c>message</c>, <c>protocol</c> and so on; may be empty.</param>
public sealed record ConnectionError(HttpContext HttpContext, int Code, string Message, IReadOnlyDictionary<string, string> Context);
