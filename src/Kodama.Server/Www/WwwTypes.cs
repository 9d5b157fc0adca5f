using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.StaticFiles;

namespace Kodama.Server;

/// <summary>Content types by the names of files. Text is UTF-8.</summary>
internal sealed class WwwTypes : IContentTypeProvider
{
    private readonly FileExtensionContentTypeProvider types = new();

    public bool TryGetContentType(string subpath, [MaybeNullWhen(false)] out string contentType)
    {
        if (!types.TryGetContentType(subpath, out contentType)) return false;
        if (contentType.StartsWith("text/", StringComparison.Ordinal)) contentType += "; charset=utf-8";
        return true;
    }
}
