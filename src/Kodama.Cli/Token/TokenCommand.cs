using System.CommandLine;
using System.CommandLine.Parsing;
using Kodama.Cli.Terminals;
using Kodama.Server;

namespace Kodama.Cli.Token;

/// <summary><c>kodama token</c>: a token for each person, device or program, which can be taken back (docs/specs/tokens.md).</summary>
internal static class TokenCommand
{
    private static readonly string[] Rights = [.. Enum.GetNames<TokenRights>().Select(static name => name.ToLowerInvariant())];

    public static Command Create(Terminal terminal)
    {
        var data = OptionValue.Text(
            "--data", "folder", "The folder of the hub's data, if serve has one [default: the user's configuration]");
        return new Command(
            "token", "Tokens of persons, for a hub that runs with serve --tokens: who, in which rooms, until when; they can be taken back")
        {
            CreateCreate(terminal, data), CreateList(terminal, data), CreateRevoke(terminal, data), CreateKey(terminal, data),
        };
    }

    private static Command CreateCreate(Terminal terminal, Option<string?> data)
    {
        var name = new Option<string>("--name", "-n")
        {
            Description = "Who is to have it: the name that everybody sees", HelpName = "name", Required = true,
        };
        var rooms = new Option<string[]>("--room", "-r")
        {
            Description = "A room in which it counts, * for any characters, such as 'game/*'; may be repeated [default: all]",
            HelpName = "room",
        };
        var expires = new Option<TimeSpan?>("--expires", "-e")
        {
            Description = $"How long it counts, such as 30m, 8h or 90d [default: {TokenFolder.DefaultLifetime.Days}d]", HelpName = "time",
            CustomParser = Lifetime,
        };
        var can = new Option<TokenRights>("--can")
        {
            Description = "read: hear, and read what was said; write: all in its rooms; admin: that, and run the hub",
            HelpName = "what",
            DefaultValueFactory = _ => TokenRights.Write,
            CustomParser = RightsOf,
        };
        can.CompletionSources.Clear();
        can.CompletionSources.Add(Rights);
        var command = new Command("create", "Make one: it goes to standard output, what it says to standard error")
        {
            name, rooms, expires, can, data,
        };
        command.SetAction(parsed =>
        {
            var rights = parsed.GetValue(can);
            var named = parsed.GetValue(rooms) ?? [];
            if (rights == TokenRights.Admin && named.Length > 0)
                throw new CommandException(ExitCode.BadOption, "who runs the hub does so in all rooms: leave out --room, or --can admin.");
            var folder = parsed.GetValue(data);
            var (token, says) = Make(folder, parsed.GetRequiredValue(name), named, rights, parsed.GetValue(expires));
            terminal.WriteError($"{Told(says)}; to take it back: kodama token revoke {says.Id}{ConfigFolder.Option(folder)}");
            terminal.WriteLine(token);
        });
        return command;
    }

    private static (string Token, PersonToken Says) Make(
        string? data, string name, string[] rooms, TokenRights can, TimeSpan? lifetime)
    {
        try
        {
            var folder = TokenFolders.Open(data);
            return TokenFolders.Use(() => folder.Create(name, rooms, can, lifetime ?? TokenFolder.DefaultLifetime));
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadOption(exception);
        }
    }

    private static Command CreateList(Terminal terminal, Option<string?> data)
    {
        var command = new Command("list", "Those that were made here and have not expired: id, name, what it lets do, until when") { data };
        command.SetAction(parsed =>
        {
            var folder = TokenFolders.Find(parsed.GetValue(data));
            var unread = 0;
            foreach (var (token, isRevoked) in TokenFolders.Use(() => folder.List(out unread)))
                terminal.WriteLine($"{token.Id}  {Told(token)}{(isRevoked ? "  (revoked)" : "")}");
            if (unread > 0) terminal.WriteError($"kodama: warning: {unread} more in {folder.Folder} cannot be read.");
        });
        return command;
    }

    private static Command CreateRevoke(Terminal terminal, Option<string?> data)
    {
        var ids = new Argument<string[]>("id") { Description = "As create and list tell it", Arity = ArgumentArity.OneOrMore };
        var elsewhere = new Option<bool>("--elsewhere")
        {
            Description = "Take back what was not made here too: a token of a server of yours, or of another hub, by the same key",
        };
        var command = new Command("revoke", "Take tokens back, for ever: a hub that runs disconnects who holds one within a second")
        {
            ids, elsewhere, data,
        };
        command.SetAction(parsed =>
        {
            var place = parsed.GetValue(data);
            var folder = TokenFolders.Find(place);
            var issued = Issued(folder);
            var code = ExitCode.Ok;
            foreach (var id in parsed.GetRequiredValue(ids))
            {
                var owner = issued?.Find(token => token.Id == id)?.Name;
                if (owner is not null || issued is null || parsed.GetValue(elsewhere))
                {
                    Revoke(folder, id, owner, terminal);
                    continue;
                }
                terminal.WriteError($"kodama: {NotMadeHere(id, issued, folder, place)}");
                code = ExitCode.BadOption;
            }
            return code;
        });
        return command;
    }

    // Whoever mistypes an id or a folder must not believe that a token was taken back.
    private static string NotMadeHere(string id, List<PersonToken> issued, TokenFolder folder, string? data)
    {
        var shown = Printable.Line(id);
        return issued.FindAll(token => token.Name == id) is { Count: > 0 } theirs
            ? $"{shown} is a name; a token is taken back by its id: "
                + $"kodama token revoke {string.Join(' ', theirs.Select(t => t.Id))}{ConfigFolder.Option(data)}"
            : $"{shown} was not taken back: no token of this id was made in {Printable.Line(folder.Folder)}, or it has expired. "
                + "Give the --data of serve, or --elsewhere for one that was made somewhere else by the same key.";
    }

    private static TokenRights RightsOf(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (Array.IndexOf(Rights, text) is var right and >= 0) return (TokenRights)right;
        result.AddError($"--can is \"{text}\"; it must be {string.Join(", ", Rights[..^1])} or {Rights[^1]}.");
        return default;
    }

    private static void Revoke(TokenFolder folder, string id, string? owner, Terminal terminal)
    {
        try
        {
            var isNew = TokenFolders.Use(() => folder.Revoke(id));
            // A server of one's own may have made it.
            var whose = owner is not null
                ? $"of {Printable.Line(owner)}"
                : $"none that was made in {Printable.Line(folder.Folder)} and has not expired";
            terminal.WriteLine($"{id} ({whose}): {(isNew ? "revoked" : "was revoked before")}");
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadOption(exception);
        }
    }

    // What can be revoked is revoked, whoever has it: null, where that cannot be read.
    private static List<PersonToken>? Issued(TokenFolder folder)
    {
        try
        {
            return [.. folder.List(out _).Select(static issued => issued.Token)];
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            return null;
        }
    }

    private static Command CreateKey(Terminal terminal, Option<string?> data)
    {
        var command = new Command(
            "key", "Print the key, for a server of yours that makes tokens itself (JWT, HS256), or for another hub: who has it is anybody")
        {
            data,
        };
        command.SetAction(parsed => terminal.WriteLine(TokenFolders.Find(parsed.GetValue(data)).Key));
        return command;
    }

    private static string Told(PersonToken token)
    {
        var where = token.Rooms.Count == 0 ? "all rooms" : string.Join(", ", token.Rooms.Select(room => Printable.Line(room)));
        var what = token.Can == TokenRights.Admin ? "may run the hub" : $"may {Rights[(int)token.Can]} in {where}";
        return $"{Printable.Line(token.Name)} {what} until {token.Expires:yyyy-MM-dd HH:mm} UTC";
    }

    private static TimeSpan? Lifetime(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        // Of a bare number nobody means seconds.
        if (!char.IsAsciiDigit(text.LastOrDefault()) && Duration.TryParse(text, TokenFolder.LongestLifetime, out var lifetime)
            && lifetime >= TimeSpan.FromSeconds(1))
        {
            return lifetime;
        }
        result.AddError(
            $"{OptionValue.NameOf(result)} is \"{text}\"; write a time with its unit, such as 30m, 8h or 90d, up to ten years.");
        return null;
    }
}
