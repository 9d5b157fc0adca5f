using Microsoft.AspNetCore.Http;

namespace Kodama.Ably;

/// <summary>The same for several channels at once (RSC22, RSC24).</summary>
internal sealed class BatchApi(AblyHub door)
{
    private const int MaxChannels = 100;
    private const int MaxSpecs = 100;

    private readonly PublishApi publishing = new(door);
    private readonly PresenceApi presence = new(door);

    public async Task<RestAnswer> PublishAsync(RestRequest request, string[] path)
    {
        if (request.Method != HttpMethods.Post) return RestAnswer.Of(AblyError.NotFound("A batch is published by POST."));
        var isSeveral = request.Body.Kind == WireKind.Array;
        var batches = new List<List<Outcome>>();
        var channels = 0;
        foreach (var spec in isSeveral ? request.Body.Elements : [request.Body])
        {
            var outcomes = new List<Outcome>();
            var named = spec["channels"u8];
            foreach (var channel in named.Kind == WireKind.Array ? named.Elements : [named])
            {
                if (channel.Text is not { } name || ++channels > MaxChannels || batches.Count == MaxSpecs)
                    return RestAnswer.Of(AblyError.BadRequest($"A batch names 1 to {MaxChannels} channels."));
                var (published, error) = await publishing.PublishAsync(request, name, spec["messages"u8]);
                outcomes.Add(new Outcome(name, error, writer => writer.Name("messageId"u8).Text(published!.MessageId)));
            }
            batches.Add(outcomes);
        }
        return new RestAnswer(201, writer =>
        {
            // Before version 3 one batch was answered by an array of its channels.
            if (!isSeveral && request.Version is > 0 and < 3)
            {
                writer.StartArray();
                foreach (var outcome in batches[0]) outcome.Write(writer);
                writer.End();
                return;
            }
            if (isSeveral) writer.StartArray();
            foreach (var batch in batches) Write(writer, batch);
            if (isSeveral) writer.End();
        });
    }

    public async Task<RestAnswer> PresenceAsync(RestRequest request, string[] path)
    {
        var names = (request["channels"] ?? request["channel"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length is 0 or > MaxChannels) return RestAnswer.Of(AblyError.BadRequest($"A batch names 1 to {MaxChannels} channels."));
        var outcomes = new List<Outcome>();
        foreach (var name in names)
        {
            var (members, epoch, error) = await presence.MembersAsync(request, name);
            outcomes.Add(new Outcome(name, error, writer =>
            {
                writer.Name("presence"u8).StartArray();
                foreach (var member in members) PresenceWriter.Write(writer, member, PresenceAction.Present, epoch);
                writer.End();
            }));
        }
        return RestAnswer.Ok(writer => Write(writer, outcomes));
    }

    private static void Write(WireWriter writer, List<Outcome> outcomes)
    {
        var failed = outcomes.Count(static outcome => outcome.Error is not null);
        writer.StartMap().Name("successCount"u8).Number(outcomes.Count - failed).Name("failureCount"u8).Number(failed);
        writer.Name("results"u8).StartArray();
        foreach (var outcome in outcomes) outcome.Write(writer);
        writer.End().End();
    }

    private sealed record Outcome(string Channel, AblyError? Error, Action<WireWriter> WriteResult)
    {
        public void Write(WireWriter writer)
        {
            writer.StartMap().Name("channel"u8).Text(Channel);
            if (Error is not null) Error.Write(writer.Name("error"u8));
            else WriteResult(writer);
            writer.End();
        }
    }
}
