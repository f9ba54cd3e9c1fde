using System.Text.Json;

namespace TokenGateway.Tokens.Configuration;

/// <summary>Reads one credential: configuration wins over the preset, the preset over the default.</summary>
internal static class CredentialSettingsReader
{
    // Shorter than this beyond its calls, a lease could run out while its owner still sends.
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(2);

    public static CredentialSettings Read(SettingsReader reader, string name, TimeSpan storeTimeout, ProviderPresets presets)
    {
        var preset = Preset(reader, presets);
        var allowInsecureHttp = reader.Flag("AllowInsecureHttp") ?? false;
        var endpoints = CredentialEndpoints.Read(reader, preset, allowInsecureHttp);
        var defaults = preset.Over(new CredentialSettings { Name = name, TokenEndpoint = endpoints.Token, ClientId = "" });
        var settings = defaults with
        {
            GrantType = reader.Choice<GrantType>("GrantType", JsonNamingPolicy.SnakeCaseLower) ?? defaults.GrantType,
            ValidateEndpoint = endpoints.Validate,
            ValidateKind = endpoints.ValidateKind,
            ClientAuthentication = reader.Choice<ClientAuthentication>("TokenEndpointAuthMethod", JsonNamingPolicy.SnakeCaseLower)
                ?? defaults.ClientAuthentication,
            RequestFormat = reader.Choice<RequestFormat>("RequestFormat", JsonNamingPolicy.SnakeCaseLower) ?? defaults.RequestFormat,
            Scope = reader.Text("Scope"),
            ExtraParameters = reader.ExtraParameters(defaults.ExtraParameters),
            ClientId = ClientId(reader),
            ClientSecret = reader.Secret("ClientSecret"),
            RefreshToken = reader.Secret("RefreshToken", fileMayBeMissing: true),
            AccessToken = reader.Secret("AccessToken", fileMayBeMissing: true),
            StandbyRefreshToken = reader.Secret("StandbyRefreshToken", fileMayBeMissing: true),
            TokenExpiryUnit = reader.Choice<ExpiryUnit>("ExpiresInUnit") ?? defaults.TokenExpiryUnit,
            ValidateExpiryUnit = reader.Choice<ExpiryUnit>("ValidateExpiresInUnit") ?? defaults.ValidateExpiryUnit,
            FormerName = reader.Text("FormerName"),
            Login = LoginSettings.Read(reader, endpoints.Authorization),
            Delivery = DeliverySettingsReader.Read(reader, defaults.Delivery),
        };
        settings = TokenResponseSettings.Read(reader, settings);
        settings = WithRotation(reader, settings) with
        {
            Validation = ValidationSettingsReader.Read(reader.Section("Validation"), settings.ValidateEndpoint is null ? preset.On401 : null),
        };
        CheckLease(reader, settings, storeTimeout);
        reader.CheckGrace(settings.ReusePolicy, settings.ReuseGrace);
        return settings.GrantType == GrantType.ClientCredentials ? ClientCredentialsSettings.Of(reader, settings) : settings;
    }

    private static CredentialSettings WithRotation(SettingsReader reader, CredentialSettings defaults) => defaults with
    {
        RefreshBefore = reader.Duration("RefreshBefore", DurationRange.Age) ?? defaults.RefreshBefore,
        RefreshJitter = reader.Fraction("RefreshJitter") ?? defaults.RefreshJitter,
        MinRefreshInterval = reader.Duration("MinRefreshInterval", DurationRange.Wait) ?? defaults.MinRefreshInterval,
        ClockSkew = reader.Duration("ClockSkew", DurationRange.Wait) ?? defaults.ClockSkew,
        DefaultExpiresIn = reader.Duration("DefaultExpiresIn", DurationRange.PositiveAge) ?? defaults.DefaultExpiresIn,
        DefaultRefreshExpiresIn = reader.Duration("DefaultRefreshExpiresIn", DurationRange.PositiveAge) ?? defaults.DefaultRefreshExpiresIn,
        MaxIdle = reader.Duration("MaxIdle", DurationRange.PositiveAge) ?? defaults.MaxIdle,
        TokenEndpointTimeout = reader.Duration("TokenEndpointTimeout", DurationRange.PositiveWait) ?? defaults.TokenEndpointTimeout,
        LeaseDuration = reader.Duration("LeaseDuration", DurationRange.PositiveWait) ?? defaults.LeaseDuration,
        RequestWait = reader.Duration("RequestWait", DurationRange.Wait) ?? defaults.RequestWait,
        Patience = reader.Duration("Patience", DurationRange.Wait) ?? defaults.Patience,
        ReusePolicy = reader.Choice<ReusePolicy>("ReusePolicy") ?? defaults.ReusePolicy,
        ReuseGrace = reader.Duration("ReuseGrace", DurationRange.Wait) ?? defaults.ReuseGrace,
        RequiredForReadiness = reader.Flag("RequiredForReadiness") ?? defaults.RequiredForReadiness,
    };

    private static ProviderPreset Preset(SettingsReader reader, ProviderPresets presets)
    {
        var name = reader.Text("Preset")?.Trim() ?? ProviderPreset.DefaultName;
        if (presets.Find(name) is { } preset)
        {
            return preset;
        }

        var names = presets.All.Select(known => known.Name).ToList();
        reader.Report("Preset", $"is none of {string.Join(", ", names)}{(Spelling.Nearest(name, names) is { } near ? $"; did you mean {near}?" : "")}");
        return presets.Default;
    }

    private static string ClientId(SettingsReader reader)
    {
        var clientId = reader.Text("ClientId");
        if (clientId is null && !reader.Failed("ClientId"))
        {
            reader.ReportMissing("ClientId", "is empty; set the client id that the provider gave you");
        }

        return clientId ?? "";
    }

    private static void CheckLease(SettingsReader reader, CredentialSettings settings, TimeSpan storeTimeout)
    {
        var least = settings.TokenEndpointTimeout + storeTimeout + LeaseMargin;
        if (settings.LeaseDuration < least && !reader.Failed("LeaseDuration") && !reader.Failed("TokenEndpointTimeout"))
        {
            reader.Report("LeaseDuration", $"is shorter than TokenEndpointTimeout + Store:OperationTimeout + 2 s; make it at least {least:c}");
        }
    }

    /// <summary>Of a credential and of a preset alike.</summary>
    public static void CheckGrace(this SettingsReader reader, ReusePolicy policy, TimeSpan grace)
    {
        if (policy == ReusePolicy.Grace && grace == TimeSpan.Zero && !reader.Failed("ReuseGrace"))
        {
            reader.Report("ReuseGrace", "is zero, but ReusePolicy is Grace; set how long the provider accepts a spent refresh token again");
        }
    }
}
