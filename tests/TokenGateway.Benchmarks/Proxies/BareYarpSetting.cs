namespace TokenGateway.Benchmarks.Proxies;

/// <summary>How a bare YARP is run.</summary>
internal sealed record BareYarpSetting(string Name)
{
    /// <summary>Of its command line.</summary>
    public IReadOnlyList<string> Switches { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether HTTP/2 is spoken to the upstream, where that can be agreed on (over HTTPS), which is YARP's default.</summary>
    public bool Http2 { get; init; } = true;

    /// <summary>With the settings of the runtime that the gateway chooses for itself.</summary>
    public static BareYarpSetting AsTheGateway(string name) => Of(name, "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    public static BareYarpSetting Of(string name, string variable, string value) =>
        new(name) { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { [variable] = value } };
}
