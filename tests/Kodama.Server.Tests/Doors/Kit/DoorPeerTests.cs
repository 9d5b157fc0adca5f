using System.Collections.Concurrent;
using System.Text;
using Kodama.Testing;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

/// <summary>What a door's end of a client gets from the kit while it lives.</summary>
public sealed class DoorPeerTests
{
    [Fact]
    public async Task Greeting_ComesBeforeWhatTheProgramHasSaid()
    {
        await using var hub = await StartAsync(o => o.Rules.OnConnected(peer => peer.Send("Welcome.")));
        await using var client = await hub.ConnectAsync("/told");

        Assert.Equal($"You are {hub.Hub.Peers.Single().Id}.", await client.ReceiveTextAsync());
        Assert.Equal("Welcome.", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Greeting_ThatThrows_LeavesNoPeerBehind()
    {
        await using var hub = await StartAsync(o => o.MaxPeers = 1);

        for (var i = 0; i < 3; i++)
        {
            await using var refused = await hub.RawAsync();
            await refused.SendTextAsync(refused.UpgradeHead("/told?unspeakable"));
            await refused.WaitForEndAsync();
        }

        Assert.Empty(hub.Hub.Peers);
        await using var client = await hub.ConnectAsync("/told");
        Assert.StartsWith("You are ", await client.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entrance_ThatPublishesAndAnswers_IsHeardBeforeTheClientSaysAnything()
    {
        // Not by the answer to a ping either.
        await using var hub = await StartAsync(o => o.PingInterval = TimeSpan.Zero);
        await using var other = await hub.JoinAsync("/ws/tea");
        await using var client = await hub.ConnectAsync("/told?says=hello");

        Assert.Equal("hello", await other.ReceiveTextAsync());
        Assert.StartsWith("You are ", await client.ReceiveTextAsync(), StringComparison.Ordinal);
        Assert.Equal("You have said hello.", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Answers_ToWhatOneReadBroughtIn_AreOnePieceInTheOutbox()
    {
        await using var hub = await StartAsync();
        await using var client = await hub.RawAsync();
        Assert.StartsWith("HTTP/1.1 101 ", await client.UpgradeAsync("/told"), StringComparison.Ordinal);
        await client.ReadFrameAsync();

        await client.SendAsync([.. RawFrame.OfText("answer 1"), .. RawFrame.OfText("answer 2"), .. RawFrame.OfText("answer 3")]);

        for (var i = 1; i <= 3; i++) Assert.Equal($"answer {i}", (await client.ReadFrameAsync())!.Text);
        Assert.Equal(1, hub.Hub.Peers.Single().MessagesOut);
    }

    [Fact]
    public async Task Join_WhoseRulesTakeTheirTime_HoldsUpNothingThatWasSaidBefore()
    {
        var asked = new TaskCompletionSource();
        var isDecided = new TaskCompletionSource();
        await using var hub = await StartAsync(o => o.Rules.Grant(async (_, room, _, _) =>
        {
            if (room != "slow") return RoomRights.All;
            asked.SetResult();
            await isDecided.Task;
            return RoomRights.All;
        }));
        await using var other = await hub.JoinAsync("/ws/tea");
        await using var client = await hub.RawAsync();
        Assert.StartsWith("HTTP/1.1 101 ", await client.UpgradeAsync("/told"), StringComparison.Ordinal);
        await client.ReadFrameAsync();

        await client.SendAsync([.. RawFrame.OfText("join tea"), .. RawFrame.OfText("say hello"), .. RawFrame.OfText("join slow")]);

        await asked.Task.Within();
        Assert.Equal("hello", await other.ReceiveTextAsync());
        Assert.Equal("join tea", (await client.ReadFrameAsync())!.Text);
        isDecided.SetResult();
        Assert.Equal("join slow", (await client.ReadFrameAsync())!.Text);
    }

    [Fact]
    public async Task Review_BeforeThePeerHasEntered_ClosesItAllTheSame()
    {
        var isOpen = true;
        TestHub? hub = null;
        hub = await StartAsync(o =>
        {
            o.Rules.Grant((_, _) => isOpen ? RoomRights.All : RoomRights.None);
            o.Rules.OnConnected(async peer =>
            {
                await hub!.Hub.JoinAsync(peer, new JoinRequest { Room = "tea" });
                isOpen = false;
                await hub.Hub.ReviewAsync("tea");
            });
        });
        await using var started = hub;
        await using var client = await hub.ConnectAsync("/told");

        Assert.Equal(4003, (await client.ReceiveCloseAsync()).Code);
        Assert.Empty(hub.Log.Errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task End_OfTheConnection_IsToldWhenThePeerHasGone_AndWhatFailsThenEndsNothingElse(bool fails)
    {
        var door = new ToldDoor.Ends { Fails = fails };
        await using var hub = await StartAsync(ends: door);
        await using var client = await hub.ConnectAsync("/told");

        await client.CloseAsync(4321, "enough");
        await Deadline.UntilAsync(() => !door.Told.IsEmpty);

        Assert.Equal([(4321, "enough", 0)], door.Told);
        await using var next = await hub.ConnectAsync("/told");
        Assert.StartsWith("You are ", await next.ReceiveTextAsync(), StringComparison.Ordinal);
        Assert.Equal(fails, hub.Log.Errors.Any());
    }

    private static Task<TestHub> StartAsync(Action<KodamaOptions>? options = null, ToldDoor.Ends? ends = null) =>
        TestHub.StartAsync(options, builder =>
        {
            builder.Services.AddSingleton(ends ?? new ToldDoor.Ends());
            builder.Services.AddKodamaDoor<ToldDoor>();
        });

    /// <summary><c>answer ...</c> and <c>join ROOM</c>, which are answered as they are, and <c>say TEXT</c> to the first room.</summary>
    private sealed class ToldDoor(DoorKit kit, ToldDoor.Ends ends) : IDoor
    {
        public void Map(IEndpointRouteBuilder endpoints) =>
            endpoints.Map("/told", context => kit.AcceptAsync(context, "told", TextEncoder.Instance, new ToldPeer(ends)));

        public sealed class Ends
        {
            public bool Fails { get; init; }

            public ConcurrentQueue<(int Code, string Reason, int Peers)> Told { get; } = [];
        }
    }

    private sealed class TextEncoder : IMessageEncoder
    {
        public static readonly TextEncoder Instance = new();

        public Frame Encode(in Message message) => DoorKit.Encode(MessageType.Text, message.Payload.Bytes.Span);
    }

    private sealed class ToldPeer(ToldDoor.Ends ends) : DoorPeer
    {
        protected override byte[] Greet(Peer admitted)
        {
            if (admitted.Details.ContainsKey("unspeakable")) throw new InvalidOperationException("No greeting for this one.");
            var text = Encoding.UTF8.GetBytes($"You are {admitted.Id}.");
            return [0x81, (byte)text.Length, .. text];
        }

        // Where its details have something that it says, to the room tea.
        protected internal override async ValueTask EnterAsync(CancellationToken cancellationToken)
        {
            if (!Peer.Details.TryGetValue("says", out var text)) return;
            var joined = await JoinAsync(new JoinRequest { Room = "tea" }, cancellationToken);
            await Hub.PublishAsync(Peer, joined.Room!, text, Message.DefaultEvent, Batch, cancellationToken);
            Answers.Add(MessageType.Text, Encoding.UTF8.GetBytes($"You have said {text}."));
        }

        protected override async ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
        {
            var text = Encoding.UTF8.GetString(payload.Span);
            if (text.StartsWith("say ", StringComparison.Ordinal))
            {
                await Hub.PublishAsync(Peer, Peer.Room!, text[4..], Message.DefaultEvent, Batch);
                return;
            }
            if (text.StartsWith("join ", StringComparison.Ordinal)) await JoinAsync(new JoinRequest { Room = text[5..] });
            Answers.Add(type, Encoding.UTF8.GetBytes(text));
        }

        protected override void OnClosed(ushort code, string reason)
        {
            ends.Told.Enqueue((code, reason, Hub.PeerCount));
            if (ends.Fails) throw new InvalidOperationException("As the test wants it.");
        }
    }
}
