using System.Collections.ObjectModel;
using System.Text.Json;

namespace TokenGateway.Tokens.Configuration;

/// <summary>Reads one preset, a built-in one or one that the configuration defines.</summary>
internal static class ProviderPresetReader
{
    public static ProviderPreset Read(SettingsReader reader, string name)
    {
        var preset = new ProviderPreset
        {
            Name = name,
            Source = reader.Text("Source"),
            OAuthUrl = reader.OAuthUrl(allowInsecureHttp: true), // Judged where a credential uses it, which may allow that.
            TokenType = reader.TokenType(),
            TokenEndpoint = Template(reader, "TokenEndpoint"),
            AuthorizationEndpoint = Template(reader, "AuthorizationEndpoint"),
            ValidateEndpoint = Template(reader, "ValidateEndpoint"),
            IntrospectionEndpoint = Template(reader, "IntrospectionEndpoint"),
            ValidateKind = reader.Choice<ValidateKind>("ValidateKind"),
            ClientAuthentication = reader.Choice<ClientAuthentication>("TokenEndpointAuthMethod", JsonNamingPolicy.SnakeCaseLower),
            RequestFormat = reader.Choice<RequestFormat>("RequestFormat", JsonNamingPolicy.SnakeCaseLower),
            ExpiresInUnit = reader.Choice<ExpiryUnit>("ExpiresInUnit"),
            ValidateExpiresInUnit = reader.Choice<ExpiryUnit>("ValidateExpiresInUnit"),
            InvalidGrantErrors = reader.Texts("InvalidGrantErrors"),
            InvalidGrantStatuses = reader.InvalidGrantStatuses(),
            UnspentErrors = reader.Texts("UnspentErrors"),
            UnspentStatuses = reader.UnspentStatuses(),
            ResponsePath = reader.ResponsePath(),
            ResponseFields = ResponseFields.Read(reader.Section("ResponseFields"), ResponseFields.Usual),
            DefaultExpiresIn = reader.Duration("DefaultExpiresIn", DurationRange.PositiveAge),
            DefaultRefreshExpiresIn = reader.Duration("DefaultRefreshExpiresIn", DurationRange.PositiveAge),
            RefreshBefore = reader.Duration("RefreshBefore", DurationRange.Age),
            MinRefreshInterval = reader.Duration("MinRefreshInterval", DurationRange.Wait),
            ReusePolicy = reader.Choice<ReusePolicy>("ReusePolicy"),
            ReuseGrace = reader.Duration("ReuseGrace", DurationRange.Wait),
            On401 = reader.Choice<On401>("On401"),
            MaxIdle = reader.Duration("MaxIdle", DurationRange.PositiveAge),
            ExtraParameters = reader.ExtraParameters(ReadOnlyDictionary<string, string>.Empty),
            Header = reader.Header(),
            Scheme = reader.Scheme(),
            ExpiredResponses = reader.ExpiredResponses(),
        };
        reader.CheckGrace(preset.ReusePolicy ?? default, preset.ReuseGrace ?? default);
        return preset;
    }

    private static string? Template(SettingsReader reader, string key)
    {
        var template = reader.Text(key)?.Trim();
        if (template is null || EndpointTemplate.IsSound(template))
        {
            return template;
        }

        reader.Report(key, "is not an absolute address; write one, in which {OAuthUrl} and {TokenType} may stand, as in {OAuthUrl}/oauth/token");
        return null;
    }
}
