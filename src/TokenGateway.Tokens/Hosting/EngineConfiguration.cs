using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Hosting;

/// <summary>The section <c>TokenGateway</c>, read once: when the application starts, or when a token is first asked for.</summary>
internal sealed class EngineConfiguration(IConfiguration root)
{
    private readonly Lazy<SettingsResult<TokenGatewaySettings>> _read = new(() => TokenGatewaySettingsReader.Read(root));

    public IReadOnlyList<SettingError> Errors => _read.Value.Errors;

    /// <summary>The names of the configured credentials, also where their settings are wrong.</summary>
    public IReadOnlyCollection<string> Credentials => CredentialNames.Of(root);

    /// <exception cref="OptionsValidationException">Something is wrong; every error is listed.</exception>
    public TokenGatewaySettings Settings => _read.Value.Value ?? throw new OptionsValidationException(
        TokenGatewaySettingsReader.SectionName, typeof(TokenGatewaySettings), Errors.Select(error => error.ToString()));
}
