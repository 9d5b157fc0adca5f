using System.Text.Encodings.Web;
using Kodama.Server.Security;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>
/// What a person sees who has opened the hub by a name that it does not know. A page that has pointed its own name here can read it: it
/// says nothing of the hub.
/// </summary>
internal static class ForeignHostPage
{
    private const int LongestName = 255;

    public static Task WriteAsync(HttpContext context)
    {
        var name = RequestHost.Of(context.Request).Host;
        // What is shown as an option is copied into a shell.
        var option = RefusalNotices.IsSafeName(name) ? $"--allowed-host {name}" : "--allowed-host";
        if (name.Length > LongestName) name = name[..LongestName];
        name = HtmlEncoder.Default.Encode(name);
        return PersonPage.WriteAsync(context, StatusCodes.Status403Forbidden, $"""
            <h1>This hub does not go by this name</h1>
            <p>Your browser asked for <b>{name}</b>, and that is none of the names of the Kodama hub that it has reached. Open the hub by
            its IP address, as its terminal shows it, or by a name that ends in <b>.local</b>.</p>
            <p>If the hub is yours and the name is right, start it with <code>{option}</code>.</p>
            <div lang="ja">
            <h1>このハブはこの名前では開けません</h1>
            <p>ブラウザーが開こうとした <b>{name}</b> は、つながった先の Kodama ハブの名前ではありません。ハブのターミナルに表示されている IP アドレスか、
            <b>.local</b> で終わる名前で開いてください。</p>
            <p>ご自分のハブで、この名前で正しい場合は、<code>{option}</code> を付けて起動してください。</p>
            </div>
            """);
    }
}
