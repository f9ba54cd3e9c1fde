using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>The configuration once it has been found good.</summary>
internal sealed record CheckedConfiguration(GatewaySettings Gateway, TokenGatewaySettings Engine);
