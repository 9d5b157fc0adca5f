using System.Text;

namespace Kodama.Discovery.Tests;

public class HttpResponseReaderTests
{
    public static TheoryData<string, string> Responses => new()
    {
        { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "{}" },
        { "HTTP/1.0 200\r\nContent-Length: 0\r\n\r\n", "" },
        { "HTTP/1.1 200 OK\r\ncontent-length:2\r\nContent-Length:  2\t\r\n\r\n{}", "{}" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;a=b\r\n}\r\n0\r\n\r\n", "{}" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA \r\n0123456789\r\n00\r\nTrailer: x\r\n\r\n", "0123456789" },
    };

    public static TheoryData<string> Broken => new()
    {
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 20x OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "SSH-2.0-OpenSSH_9.9\r\n\r\n",
        "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        "HTTP/1.1 200 OK\r\nName : space\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno field\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + new string('x', 2000),
    };

    [Theory]
    [MemberData(nameof(Responses))]
    public void Read_Response_SplitAnywhere_IsTheSame(string response, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(response);
        for (var split = 0; split < bytes.Length; split++)
        {
            var reader = new HttpResponseReader();
            Assert.Equal(HttpReadState.NeedMore, reader.Read(bytes.AsSpan(0, split)));
            Assert.Equal(HttpReadState.Complete, reader.Read(bytes.AsSpan(split)));
            Assert.Equal(200, reader.Status);
            Assert.Equal(body, Encoding.UTF8.GetString(reader.Body));
        }
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public void Read_Response_ByteByByte_IsTheSame(string response, string body)
    {
        var reader = new HttpResponseReader();
        foreach (var b in Encoding.UTF8.GetBytes(response)) reader.Read([b]);
        Assert.Equal(HttpReadState.Complete, reader.State);
        Assert.Equal(body, Encoding.UTF8.GetString(reader.Body));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Read_WhatBreaksTheGrammar_IsAnErrorAtOnce(string response) =>
        Assert.Equal(HttpReadState.Error, new HttpResponseReader().Read(Encoding.UTF8.GetBytes(response)));

    [Fact]
    public void End_WithoutLength_CompletesTheBody()
    {
        var reader = new HttpResponseReader();
        Assert.Equal(HttpReadState.NeedMore, reader.Read("HTTP/1.1 200 OK\r\nServer: x\r\n\r\nbo"u8));
        Assert.Equal(HttpReadState.NeedMore, reader.Read("dy"u8));
        Assert.Equal(HttpReadState.Complete, reader.End());
        Assert.Equal("body", Encoding.UTF8.GetString(reader.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nServer: x\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")]
    public void End_TooEarly_IsAnError(string response)
    {
        var reader = new HttpResponseReader();
        reader.Read(Encoding.UTF8.GetBytes(response));
        Assert.Equal(HttpReadState.Error, reader.End());
    }

    [Fact]
    public void Header_AnyCase_IsTheFirstOfThatName()
    {
        var reader = new HttpResponseReader();
        reader.Read("HTTP/1.1 200 OK\r\nX-Server: no\r\nsErVer: \t Kodama \r\nServer: second\r\nEmpty:\r\n\r\n"u8);
        Assert.Equal("Kodama", reader.Header("Server"));
        Assert.Equal("", reader.Header("Empty"));
        Assert.Null(reader.Header("Missing"));
    }

    [Fact]
    public void Read_ManyHeaders_AreTakenUpToTheBound()
    {
        var head = new StringBuilder("HTTP/1.1 200 OK\r\n");
        for (var i = 0; i < 1000; i++) head.Append("A: b\r\n");
        var reader = new HttpResponseReader();
        Assert.Equal(HttpReadState.Complete, reader.Read(Encoding.ASCII.GetBytes(head + "Content-Length: 0\r\nServer: last\r\n\r\n")));
        Assert.Equal("last", reader.Header("Server"));

        for (var i = 0; i < 500; i++) head.Append("A: b\r\n");
        Assert.Equal(HttpReadState.Error, new HttpResponseReader().Read(Encoding.ASCII.GetBytes(head + "\r\n")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nA: ")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0000F0\r\n")]
    public void Read_EndlessResponse_EndsAtTheBound(string start)
    {
        var reader = new HttpResponseReader();
        reader.Read(Encoding.ASCII.GetBytes(start));
        var pieces = 0;
        while (reader.Read(Encoding.ASCII.GetBytes(new string('a', 1000))) == HttpReadState.NeedMore) pieces++;
        Assert.Equal(HttpReadState.Error, reader.State);
        Assert.InRange(pieces, 0, 65);
    }

    [Fact]
    public void Read_DamagedResponses_NeverThrow()
    {
        var seeds = Responses.Select(r => Encoding.UTF8.GetBytes(r.Data.Item1)).ToArray();
        var random = new Random(11);
        var ends = new int[3];
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = seeds[random.Next(seeds.Length)].ToArray();
            for (var mutations = random.Next(3); mutations >= 0; mutations--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var reader = new HttpResponseReader();
            var split = random.Next(bytes.Length);
            reader.Read(bytes.AsSpan(0, split));
            reader.Read(bytes.AsSpan(split));
            ends[(int)reader.State]++;
            Assert.InRange(reader.HasHead && reader.State == HttpReadState.Complete ? reader.Body.Length : 0, 0, bytes.Length);
        }
        Assert.All(ends, count => Assert.True(count > 1000, string.Join(", ", ends)));
    }
}
