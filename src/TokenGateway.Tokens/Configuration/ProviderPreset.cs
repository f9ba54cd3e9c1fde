using System.Collections.ObjectModel;

namespace TokenGateway.Tokens.Configuration;

/// <summary>
/// What is known of a provider, so that it need not be configured: each value is a setting of the same name that a credential may give itself. Null where nothing is known.
/// </summary>
internal sealed record ProviderPreset
{
    public const string DefaultName = "generic";

    public required string Name { get; init; }

    /// <summary>Where it is written that the provider behaves so, for people.</summary>
    public string? Source { get; init; }

    /// <summary>The provider's base address; null where endpoints are configured one by one, or the base address is the user's own.</summary>
    public string? OAuthUrl { get; init; }

    public string? TokenType { get; init; }

    /// <summary>With <c>{OAuthUrl}</c> and <c>{TokenType}</c> to fill in; null where it must be configured.</summary>
    public string? TokenEndpoint { get; init; }

    /// <summary>Where a person logs in, in the same form; what the provider wants beside the standard's parameters stands in its query.</summary>
    public string? AuthorizationEndpoint { get; init; }

    /// <inheritdoc cref="TokenEndpoint"/>
    public string? ValidateEndpoint { get; init; }

    /// <inheritdoc cref="TokenEndpoint"/>
    public string? IntrospectionEndpoint { get; init; }

    public ValidateKind? ValidateKind { get; init; }
    public ClientAuthentication? ClientAuthentication { get; init; }
    public RequestFormat? RequestFormat { get; init; }
    public ExpiryUnit? ExpiresInUnit { get; init; }
    public ExpiryUnit? ValidateExpiresInUnit { get; init; }
    public IReadOnlySet<string>? InvalidGrantErrors { get; init; }
    public IReadOnlySet<int>? InvalidGrantStatuses { get; init; }
    public IReadOnlySet<string>? UnspentErrors { get; init; }
    public IReadOnlySet<int>? UnspentStatuses { get; init; }
    public string? ResponsePath { get; init; }
    public ResponseFields ResponseFields { get; init; } = ResponseFields.Usual;
    public TimeSpan? DefaultExpiresIn { get; init; }
    public TimeSpan? DefaultRefreshExpiresIn { get; init; }
    public TimeSpan? RefreshBefore { get; init; }
    public TimeSpan? MinRefreshInterval { get; init; }
    public ReusePolicy? ReusePolicy { get; init; }
    public TimeSpan? ReuseGrace { get; init; }
    public TimeSpan? MaxIdle { get; init; }

    /// <summary>What every token request of this provider must hold; a credential's own stand beside them, and win.</summary>
    public IReadOnlyDictionary<string, string> ExtraParameters { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>What a 401 of the provider's APIs sets in motion where no validate endpoint is known (<c>Validation:On401</c>).</summary>
    public On401? On401 { get; init; }
    public string? Header { get; init; }
    public string? Scheme { get; init; }
    public IReadOnlyList<ExpiredResponse>? ExpiredResponses { get; init; }

    /// <summary>The settings with what is known of the provider in the place of their defaults.</summary>
    public CredentialSettings Over(CredentialSettings defaults) => defaults with
    {
        ClientAuthentication = ClientAuthentication ?? defaults.ClientAuthentication,
        RequestFormat = RequestFormat ?? defaults.RequestFormat,
        TokenExpiryUnit = ExpiresInUnit ?? defaults.TokenExpiryUnit,
        ValidateExpiryUnit = ValidateExpiresInUnit ?? defaults.ValidateExpiryUnit,
        InvalidGrantErrors = InvalidGrantErrors ?? defaults.InvalidGrantErrors,
        InvalidGrantStatuses = InvalidGrantStatuses ?? defaults.InvalidGrantStatuses,
        UnspentErrors = UnspentErrors ?? defaults.UnspentErrors,
        UnspentStatuses = UnspentStatuses ?? defaults.UnspentStatuses,
        ResponsePath = ResponsePath ?? defaults.ResponsePath,
        ResponseFields = ResponseFields,
        DefaultExpiresIn = DefaultExpiresIn ?? defaults.DefaultExpiresIn,
        DefaultRefreshExpiresIn = DefaultRefreshExpiresIn ?? defaults.DefaultRefreshExpiresIn,
        RefreshBefore = RefreshBefore ?? defaults.RefreshBefore,
        MinRefreshInterval = MinRefreshInterval ?? defaults.MinRefreshInterval,
        ReusePolicy = ReusePolicy ?? defaults.ReusePolicy,
        ReuseGrace = ReuseGrace ?? defaults.ReuseGrace,
        MaxIdle = MaxIdle ?? defaults.MaxIdle,
        ExtraParameters = ExtraParameters,
        Delivery = defaults.Delivery with
        {
            Header = Header ?? defaults.Delivery.Header,
            Scheme = Scheme ?? defaults.Delivery.Scheme,
            ExpiredResponses = ExpiredResponses ?? defaults.Delivery.ExpiredResponses,
        },
    };
}
