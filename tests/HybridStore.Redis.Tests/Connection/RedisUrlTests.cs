using System.Net;
using HybridStore.Redis.Connection;
using HybridStore.Redis.Tests.Support;

namespace HybridStore.Redis.Tests.Connection;

public class RedisUrlTests
{
    [Theory]
    [InlineData("redis://host", "host", 6379, null, null, false)]
    [InlineData("redis://host:7000/3", "host", 7000, null, 3, false)]
    [InlineData("redis://:p%40ss%2Cword@host:7000", "host", 7000, "p@ss,word", null, false)]
    [InlineData("rediss://default:a%3Ab:c@host.example:6380/", "host.example", 6380, "a:b:c", null, true)]
    [InlineData("REDISS://host", "host", 6379, null, null, true)]
    public void Parse_Url_IsUnderstood(string url, string host, int port, string? password, int? database, bool tls)
    {
        var options = RedisOptionsParser.Parse(url);

        var endpoint = Assert.IsType<DnsEndPoint>(Assert.Single(options.EndPoints));
        Assert.Equal((host, port), (endpoint.Host, endpoint.Port));
        Assert.Equal((password, database, tls), (options.Password, options.DefaultDatabase, options.Ssl));
    }

    [Fact]
    public void Parse_NameOfAUser_IsUnderstoodWhereTheClientHasThem()
    {
        Client.Needs(2, "The name of a user");

        Assert.Contains("user=bot", RedisOptionsParser.Parse("redis://b%6Ft:secret@host").ToString(includePassword: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_UserWithAComma_IsRefused() =>
        Assert.DoesNotContain("secret", Assert.Throws<ArgumentException>(() => RedisOptionsParser.Parse("redis://a%2Cb:secret@host")).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Parse_AddressOfSixteenBytes_IsUnderstood()
    {
        var endpoint = Assert.IsType<IPEndPoint>(Assert.Single(RedisOptionsParser.Parse("redis://[::1]:7000").EndPoints));

        Assert.Equal((IPAddress.IPv6Loopback, 7000), (endpoint.Address, endpoint.Port));
    }

    [Theory]
    [InlineData("redis://u:secret@host:port")]
    [InlineData("redis://u:secret@")]
    [InlineData("redis://u:secret@host/first")]
    [InlineData("redis://u:secret@host/0?ssl_cert_reqs=none")]
    [InlineData("redis://u:sec#secret@host")]
    public void Parse_WhatIsNotUnderstood_IsRefusedWithoutThePassword(string url)
    {
        var e = Assert.Throws<ArgumentException>(() => RedisOptionsParser.Parse(url));

        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis", "host:7000,password=p", false)]
    [InlineData("rediss", "host:7000,password=p", true)]
    [InlineData("redis", "//:p@host:7000", false)]
    [InlineData("rediss", "//:p@host:7000", true)]
    public void ConnectionStringOf_WhatConfigurationNames_IsTheSameServer(string scheme, string rest, bool tls)
    {
        var options = RedisOptionsParser.Parse(RedisUrl.ConnectionStringOf(scheme, rest));

        Assert.Equal(("p", tls), (options.Password, options.Ssl));
        Assert.Equal(7000, Assert.IsType<DnsEndPoint>(Assert.Single(options.EndPoints)).Port);
    }
}
