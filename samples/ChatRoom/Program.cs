// A chat room in an application with a login of its own: only who is logged in comes in, under the name of the login and no other.
using System.Security.Claims;
using System.Text.Json;
using Kodama;
using Kodama.Server;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

// Stands for the user store that your application has.
var passwords = new Dictionary<string, string> { ["yui"] = "cedar", ["ren"] = "maple" };

var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options => options.LoginPath = "/login");
builder.Services.AddAuthorization();
builder.Services.AddKodama(options =>
{
    options.Name = "Chat";
    options.Echo = true; // A sender sees its line where everyone sees it: in the room's order.
    // What an authenticator learned counts more than what a client says: ?name=ren does not make one Ren.
    options.Authenticators.Add(Authenticator.Create(context =>
        AuthenticationResult.Accept(context.User, new Dictionary<string, string> { ["name"] = context.User.Identity!.Name! })));
    options.Rules
        .TextOnly()
        .MaxMessageSize(2000)
        .RateLimit(messages: 5, per: TimeSpan.FromSeconds(5))
        .Filter(message => FilterResult.Replace(
            JsonSerializer.Serialize(new { from = message.Name, text = message.Text })));
});

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapKodama("/chat").RequireAuthorization();
app.MapGet("/", () => Results.Content(Pages.Room, "text/html; charset=utf-8")).RequireAuthorization();
app.MapGet("/login", () => Results.Content(Pages.Login, "text/html; charset=utf-8"));
app.MapPost("/login", async (HttpContext context) =>
{
    var form = await context.Request.ReadFormAsync();
    var name = form["name"].ToString();
    if (!passwords.TryGetValue(name, out var password) || form["password"] != password) return Results.Redirect("/login?wrong");
    var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], CookieAuthenticationDefaults.AuthenticationScheme);
    await context.SignInAsync(new ClaimsPrincipal(identity));
    return Results.Redirect("/");
});
app.MapPost("/logout", async (HttpContext context, Hub hub) =>
{
    // A connection outlives the cookie that it came in with.
    foreach (var peer in hub.Peers.Where(p => p.Details["name"] == context.User.Identity!.Name)) peer.Disconnect(4001, "Logged out");
    await context.SignOutAsync();
    return Results.Redirect("/login");
}).RequireAuthorization();
app.Run();

internal static class Pages
{
    public const string Login = Head + """
        <title>Log in</title>
        <form method="post">
          <h1>Log in</h1>
          <p id="wrong" role="alert" hidden>Name or password is wrong.</p>
          <label>Name <input name="name" autocomplete="username" required autofocus></label>
          <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
          <button>Log in</button>
        </form>
        <script>document.getElementById("wrong").hidden = location.search !== "?wrong";</script>
        """;

    public const string Room = Head + """
        <title>Chat</title>
        <header>
          <h1>Chat</h1><span id="here" role="status"></span><form method="post" action="/logout"><button>Log out</button></form>
        </header>
        <ol id="lines" aria-live="polite"></ol>
        <form id="say">
          <input name="text" aria-label="Message" placeholder="Message" autocomplete="off" maxlength="500" required autofocus>
          <button>Send</button>
        </form>
        <script>
          const socket = new WebSocket(`ws${location.protocol.slice(4)}//${location.host}/chat/ws`);
          socket.onmessage = ({ data }) => { const { from, text } = JSON.parse(data); add(from, text); };
          socket.onclose = ({ reason }) => add("", `Disconnected. ${reason}`);
          document.getElementById("say").onsubmit = event => {
            event.preventDefault();
            socket.send(event.target.text.value);
            event.target.reset();
          };

          const here = new Map();
          const events = new EventSource("/chat/api/events?room=lobby");
          const on = (name, handle) => events.addEventListener(name, ({ data }) => {
            handle(JSON.parse(data));
            document.getElementById("here").textContent = [...new Set(here.values())].sort().join(", ");
          });
          on("snapshot", ({ peers }) => { here.clear(); for (const peer of peers) here.set(peer.id, peer.details.name); });
          on("join", ({ peer }) => here.set(peer.id, peer.details.name));
          on("leave", ({ peer }) => here.delete(peer.id));

          function add(from, text) {
            const line = document.createElement("li");
            const name = document.createElement("b");
            name.textContent = from;
            line.append(name, " ", text);
            document.getElementById("lines").append(line);
            line.scrollIntoView();
          }
        </script>
        """;

    private const string Head = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <style>
          :root {
            color-scheme: light dark;
            --ground: light-dark(#f5f6f1, #101512); --surface: light-dark(#fff, #171e1a); --ink: light-dark(#1c2520, #e5ebe6);
            --dim: light-dark(#58645b, #9cab9f); --line: light-dark(#dfe3da, #29332d); --border: light-dark(#8b978e, #6a796f);
            --accent: light-dark(#2c6a48, #7fca9d); --accent-ink: light-dark(#fff, #0d1c13);
            --mark: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' fill='none' stroke='%23000'\
           stroke-width='2.4' stroke-linecap='round'%3E%3Cpath d='M16 21v8M12 9.5q4-8 8 0M9 16q7-11 14 0M6 23q10-14.5 20 0'/%3E%3C/svg%3E");
          }
          * { box-sizing: border-box }
          body { display: flex; flex-direction: column; gap: 1rem; max-width: 40rem; height: 100dvh; margin: auto; padding: 1rem }
          html { background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
          h1 { display: flex; gap: .5rem; align-items: center; margin: 0; font-size: 1.25rem; font-weight: 650 }
          h1::before { width: 30px; height: 30px; background: var(--accent); mask: var(--mark); content: "" }
          header { display: flex; gap: 1rem; align-items: center }
          #here { flex: 1; color: var(--dim); overflow-wrap: anywhere }
          ol { flex: 1; margin: 0; padding: .75rem 1rem; overflow: auto; list-style: none; overflow-wrap: anywhere }
          ol { border: 1px solid var(--line); border-radius: 14px; background: var(--surface) }
          b { color: var(--accent) }
          #wrong { color: light-dark(#a1352c, #f0958b) }
          label { display: block; margin: .75rem 0 }
          label input { display: block; width: 100% }
          input, button { min-height: 44px; padding: 0 1rem; border: 1px solid var(--border); border-radius: 9px; font: inherit }
          input { min-width: 0; background: var(--surface); color: inherit }
          button { border-color: transparent; background: var(--accent); color: var(--accent-ink); font-weight: 560 }
          header button { border-color: var(--border); background: none; color: inherit }
          :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
          #say { display: flex; gap: .5rem }
          #say input { flex: 1 }
        </style>
        """;
}
