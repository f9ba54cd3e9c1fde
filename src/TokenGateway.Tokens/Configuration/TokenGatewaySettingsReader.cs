using Microsoft.Extensions.Configuration;

namespace TokenGateway.Tokens.Configuration;

/// <summary>Reads the section <c>TokenGateway</c> as far as the engine is concerned, and reports everything that is wrong with it at once.</summary>
internal static class TokenGatewaySettingsReader
{
    public const string SectionName = "TokenGateway";

    /// <param name="root">The root of the configuration, not the section.</param>
    /// <param name="folder">What relative paths are relative to; null for the working directory.</param>
    public static SettingsResult<TokenGatewaySettings> Read(IConfiguration root, string? folder = null)
    {
        var errors = new List<SettingError>();
        var reader = new SettingsReader(root.GetSection(SectionName), errors) { Folder = folder };

        // The gateway's own: a process that uses the library may share its file.
        reader.Skip("Management", "Inbound", "ShutdownDelay", "DrainTimeout");

        var store = StoreSettingsReader.Read(reader.Section("Store"));
        var encryption = EncryptionSettingsReader.Read(reader.Section("Encryption"), store.Kind);
        var credentials = CredentialsReader.Read(reader, CredentialNames.Of(root), store.OperationTimeout, ProviderPresets.Read(reader));
        reader.ReportUnknown();

        return new SettingsResult<TokenGatewaySettings>(
            new TokenGatewaySettings { Store = store, Encryption = encryption, Credentials = credentials },
            errors);
    }
}
