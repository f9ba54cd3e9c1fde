using System.Collections.Frozen;
using System.Collections.ObjectModel;

namespace TokenGateway.Tokens.Configuration;

/// <summary>One credential as the engine uses it: configuration wins over the preset, the preset over the default.</summary>
internal sealed record CredentialSettings
{
    public required string Name { get; init; }

    public GrantType GrantType { get; init; }

    /// <summary>Where the refresh token is sent; absolute and HTTPS, unless loopback or AllowInsecureHttp.</summary>
    public required Uri TokenEndpoint { get; init; }

    /// <summary>Where an access token is checked, in whichever way; null where the provider has no such endpoint.</summary>
    public Uri? ValidateEndpoint { get; init; }

    public ValidateKind ValidateKind { get; init; }

    /// <summary>RFC 6749 §2.3.1: what every provider must support.</summary>
    public ClientAuthentication ClientAuthentication { get; init; } = ClientAuthentication.ClientSecretBasic;

    public RequestFormat RequestFormat { get; init; } = RequestFormat.Form;
    public string? Scope { get; init; }
    public IReadOnlyDictionary<string, string> ExtraParameters { get; init; } = ReadOnlyDictionary<string, string>.Empty;
    public required string ClientId { get; init; }

    public SecretSource ClientSecret { get; init; } = SecretSource.None;
    public SecretSource RefreshToken { get; init; } = SecretSource.None;
    public SecretSource AccessToken { get; init; } = SecretSource.None;
    public SecretSource StandbyRefreshToken { get; init; } = SecretSource.None;

    /// <summary>The unit of <c>expires_in</c> when rotating and when validating.</summary>
    public ExpiryUnit TokenExpiryUnit { get; init; } = ExpiryUnit.Seconds;
    public ExpiryUnit ValidateExpiryUnit { get; init; } = ExpiryUnit.ByMagnitude;

    /// <summary>Error codes that mean "this refresh token is dead", beside <c>invalid_grant</c>.</summary>
    public IReadOnlySet<string> InvalidGrantErrors { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Statuses that mean the same where the response holds no code.</summary>
    public IReadOnlySet<int> InvalidGrantStatuses { get; init; } = FrozenSet<int>.Empty;

    /// <summary>
    /// Where in a response the pair stands, as <c>data.0.token</c>; null means at the top, or wherever below it there is exactly one.
    /// </summary>
    public string? ResponsePath { get; init; }

    public ResponseFields ResponseFields { get; init; } = ResponseFields.Usual;
    public BearerFrom BearerFrom { get; init; }

    public TimeSpan? RefreshBefore { get; init; }
    public double RefreshJitter { get; init; } = 0.1;
    public TimeSpan MinRefreshInterval { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(5);
    public TimeSpan DefaultExpiresIn { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a refresh token lives where the answer does not say; null where nobody knows. For people and alerts only.</summary>
    public TimeSpan? DefaultRefreshExpiresIn { get; init; }

    public TimeSpan? MaxIdle { get; init; }

    /// <summary>The name that the credential had before: where the store does not know it under its own, the record of that name is taken over. Null where it had no other.</summary>
    public string? FormerName { get; init; }

    public TimeSpan TokenEndpointTimeout { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromMinutes(1);
    public TimeSpan RequestWait { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(15);
    public ReusePolicy ReusePolicy { get; init; } = ReusePolicy.RevokesFamily;
    public TimeSpan ReuseGrace { get; init; }

    /// <summary>Error codes that promise that nothing was spent, beside those of RFC 6749 §5.2.</summary>
    public IReadOnlySet<string> UnspentErrors { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Statuses that promise the same.</summary>
    public IReadOnlySet<int> UnspentStatuses { get; init; } = FrozenSet<int>.Empty;

    /// <summary>True: the gateway is not ready without a usable token of this one.</summary>
    public bool RequiredForReadiness { get; init; }

    public ValidationSettings Validation { get; init; } = new();
    public TokenDelivery Delivery { get; init; } = new();
    public LoginSettings Login { get; init; } = new();

    /// <summary>True where a person can log in to begin the credential anew.</summary>
    public bool OffersLogin => Login.AuthorizationEndpoint is not null && GrantType == GrantType.RefreshToken;
}

/// <summary>When an access token is asked about, and what the answers do.</summary>
internal sealed record ValidationSettings
{
    public bool OnAdopt { get; init; } = true;

    /// <summary>Once per fleet; zero means never.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);

    public On401 On401 { get; init; } = On401.Validate;
    public OnValidationError OnError { get; init; } = OnValidationError.UseToken;

    /// <summary>How long a verdict counts for other replicas.</summary>
    public TimeSpan CacheFor { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>How the client proves itself to the token endpoint (RFC 6749 §2.3.1).</summary>
internal enum ClientAuthentication { ClientSecretPost, ClientSecretBasic }

/// <summary>How the parameters are written into the request's body.</summary>
internal enum RequestFormat { Json, Form }

/// <summary>How the validate endpoint is asked.</summary>
internal enum ValidateKind
{
    /// <summary>A GET with the token as its bearer.</summary>
    Bearer,

    /// <summary>Token introspection (RFC 7662).</summary>
    Introspection,
}

/// <summary>What the provider does when a spent refresh token is sent again (RFC 9700 §4.14.2).</summary>
internal enum ReusePolicy { RevokesFamily, Rejected, Grace }

/// <summary>What an upstream's 401 sets in motion.</summary>
internal enum On401 { Validate, Rotate, Pass }

/// <summary>What a verdict of unknown means for the token.</summary>
internal enum OnValidationError { UseToken, Refuse }

/// <summary>The unit of a remaining life. Magnitude alone cannot tell one day in milliseconds from 1,000 days in seconds.</summary>
internal enum ExpiryUnit { Seconds, Milliseconds, ByMagnitude }
