using System.Net.Sockets;
using System.Security.Cryptography;

namespace Kodama.Discovery.Tests;

/// <summary>Real sockets, on the loopback interface, so that no packet leaves the machine.</summary>
public class MulticastNetworkTests
{
    private static readonly string[] Loopback = ["127.0.0.1"];

    [Fact]
    public async Task Send_TwoNetworksOfOneMachine_HearEachOtherAndThemselves()
    {
        var (one, two) = (new RecordingListener(), new RecordingListener());
        await using var first = Start(one, MulticastGroup.Port);
        await using var second = Start(two, MulticastGroup.Port);
        var packet = RandomNumberGenerator.GetBytes(64);

        Link(one).Send(packet);

        foreach (var listener in (RecordingListener[])[one, two])
        {
            var received = await listener.ReceiveAsync(packet);
            Assert.True(received.ToMulticast);
            Assert.Equal(MulticastGroup.Port, received.Source.Port);
            Assert.Same(Link(listener), received.Link);
        }
    }

    [Fact]
    public async Task SendTo_AskerWithAPortOfItsOwn_GetsTheAnswer()
    {
        var (responder, asker) = (new RecordingListener(), new RecordingListener());
        await using var first = Start(responder, MulticastGroup.Port);
        await using var second = Start(asker, port: 0);
        var (question, answer) = (RandomNumberGenerator.GetBytes(64), RandomNumberGenerator.GetBytes(64));

        Link(asker).Send(question);
        var asked = await responder.ReceiveAsync(question);
        Link(responder).SendTo(answer, asked.Source);
        var answered = await asker.ReceiveAsync(answer);

        Assert.NotEqual(MulticastGroup.Port, asked.Source.Port);
        Assert.False(answered.ToMulticast);
        Assert.Equal(MulticastGroup.Port, answered.Source.Port);
    }

    [Fact]
    public async Task Dispose_Links_ReadNoMore()
    {
        var listener = new RecordingListener();
        var network = Start(listener, MulticastGroup.Port);

        await network.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Link(listener).Send(new byte[12]);

        Assert.DoesNotContain(listener.Errors, e => e.Exception is ObjectDisposedException);
    }

    private static MulticastNetwork Start(RecordingListener listener, int port)
    {
        var network = new MulticastNetwork(Loopback, port, TimeProvider.System);
        network.Start(listener);
        return network;
    }

    private static IMulticastLink Link(RecordingListener listener) => listener.Links.First(l => l.Family == AddressFamily.InterNetwork);
}
