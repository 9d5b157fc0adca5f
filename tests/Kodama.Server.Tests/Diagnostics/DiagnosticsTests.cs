using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Kodama.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

public sealed class DiagnosticsTests
{
    [Fact]
    public async Task Meter_OfAHub_CountsWhatHappens()
    {
        await using var hub = await TestHub.StartAsync(o =>
        {
            o.Token = "secret";
            o.Rules.Filters.Add(new LambdaFilter(m => new(m.Payload.ToString() == "bad" ? FilterResult.Drop("bad") : FilterResult.Pass)));
        });
        var seen = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        var scope = hub.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Kodama" && ReferenceEquals(instrument.Meter.Scope, scope)) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Count(i, value, tags));
        listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Count(i, value, tags));
        listener.Start();

        await using var sender = await hub.JoinAsync("/ws?token=secret");
        await using var receiver = await hub.JoinAsync("/ws?token=secret");
        foreach (var request in new Func<RawClient, string>[]
        {
            client => client.UpgradeHead("/ws"),
            _ => "GET /api/hub HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            client => client.UpgradeHead("/ws", "Origin: http://evil.example\r\n"),
        })
        {
            await using var refused = await hub.RawAsync();
            await refused.SendTextAsync(request(refused));
            await refused.ReadResponseAsync();
        }
        await sender.SendAsync("hello");
        await sender.SendAsync("bad");
        await sender.SendAsync("end");
        Assert.Equal("hello", await receiver.ReceiveTextAsync());
        Assert.Equal("end", await receiver.ReceiveTextAsync());
        // A receiver may have read before the sending thread has counted.
        await Deadline.UntilAsync(() => seen.GetValueOrDefault("kodama.flush.size") == 2 + 5 + 2 + 3);
        listener.RecordObservableInstruments();

        Assert.Equal(11, seen["kodama.bytes.in"]);
        Assert.Equal(2, seen["kodama.peers"]);
        Assert.Equal(1, seen["kodama.rooms"]);
        Assert.Equal(2, seen["kodama.messages.in"]);
        Assert.Equal(2, seen["kodama.messages.out"]);
        Assert.Equal(2 + 5 + 2 + 3, seen["kodama.bytes.out"]);
        Assert.Equal(1, seen["kodama.drops"]);
        Assert.Equal(1, seen["kodama.refusals authentication"]);
        Assert.Equal(1, seen["kodama.refusals host"]);
        Assert.Equal(1, seen["kodama.refusals origin"]);

        void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var name = tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
            seen.AddOrUpdate(name, value, (_, sum) => sum + value);
        }
    }

    [Fact]
    public async Task Activities_OfAConnectionAndAPublication_NameTheRoom()
    {
        const string Room = "activity-test";
        var stopped = new ConcurrentBag<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Kodama",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("kodama.room"), Room)) stopped.Add(activity.OperationName);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var hub = await TestHub.StartAsync();

        await using var peer = await hub.JoinAsync($"/ws/{Room}");
        using var content = new StringContent("x");
        using var answer = await hub.Client.PostAsync($"/api/rooms/{Room}/messages", content);

        await Deadline.UntilAsync(() => stopped.Order().SequenceEqual(["kodama.connect", "kodama.publish"]));
    }
}
