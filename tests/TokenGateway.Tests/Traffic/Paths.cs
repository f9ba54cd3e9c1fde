using Microsoft.AspNetCore.Server.Kestrel.Core;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Traffic;

/// <summary>Gateways between a client and an upstream of given versions of HTTP, in clear text.</summary>
internal static class Paths
{
    /// <summary>Client's version, upstream's version.</summary>
    public static TheoryData<string, string> All => new() { { "1.1", "1.1" }, { "1.1", "2.0" }, { "2.0", "1.1" }, { "2.0", "2.0" } };

    public static HttpProtocols ProtocolOf(string version) => version == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1;

    public static Task<RunningGateway> StartAsync(Upstream upstream, string clientVersion, string upstreamVersion)
    {
        var values = RunningGateway.Routes(upstream.Url, "plum");
        values["Urls"] = null;
        values["Kestrel:Endpoints:one:Url"] = "http://127.0.0.1:0";
        values["Kestrel:Endpoints:one:Protocols"] = ProtocolOf(clientVersion).ToString();
        values["ReverseProxy:Clusters:upstream:HttpRequest:Version"] = upstreamVersion;
        values["ReverseProxy:Clusters:upstream:HttpRequest:VersionPolicy"] = nameof(HttpVersionPolicy.RequestVersionExact);
        return RunningGateway.StartAsync(values, new ScriptedTokens("plum"), Version.Parse(clientVersion));
    }

    public static HttpRequestMessage Post(RunningGateway gateway, HttpContent content) => new(HttpMethod.Post, "plum/a")
    {
        Content = content,
        Version = gateway.Proxy.DefaultRequestVersion,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
