namespace TokenGateway.Tokens.Hosting;

/// <summary>Which HTTP clients carry which credential's token, gathered while the application is put together.</summary>
internal sealed class BearerTokenClients
{
    public List<BearerTokenClient> All { get; } = [];
}

/// <param name="Name">The client's name at the factory.</param>
/// <param name="Credential">The credential whose token its requests carry.</param>
internal sealed record BearerTokenClient(string Name, string Credential)
{
    public override string ToString() => $"AddHttpClient(\"{Name}\").AddBearerToken(\"{Credential}\")";
}
