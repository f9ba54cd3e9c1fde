using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Configuration;

/// <summary>Everything that <c>run</c> starts from and <c>check</c> checks, beside YARP's own section.</summary>
internal sealed record StartupSettings(TokenGatewaySettings Tokens, GatewaySettings Gateway)
{
    /// <param name="root">The whole configuration.</param>
    /// <param name="commandLine">The settings among it that the command line gave, to find secrets there.</param>
    public static SettingsResult<StartupSettings> Read(IConfiguration root, IEnumerable<string> commandLine)
    {
        var tokens = TokenGatewaySettingsReader.Read(root, ConfigurationFile.Of(root)?.Folder);
        var gateway = GatewaySettingsReader.Read(root);
        return new SettingsResult<StartupSettings>(
            new StartupSettings(tokens.Value ?? new(), gateway.Value ?? new()),
            [.. CommandLineSecrets.Find(commandLine), .. tokens.Errors, .. gateway.Errors]);
    }
}
