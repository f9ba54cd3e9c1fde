using System.Collections.Frozen;
using System.Globalization;

namespace TokenGateway.Simulator.Control;

/// <summary>
/// The options by name, for the command line (<c>--access-token-lifetime</c>), the environment (<c>SIMULATOR__ACCESSTOKENLIFETIME</c>)
/// and the control API (<c>accessTokenLifetime</c>): letters only, in any case.
/// </summary>
internal static class SettingTable
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("access-token-lifetime", "how long an access token lives", (o, v) => o with { AccessTokenLifetime = Duration(v) }),
        new("refresh-token-lifetime", "how long an unspent refresh token lives; empty: for ever",
            (o, v) => o with { RefreshTokenLifetime = Optional(v, Duration) }),
        new("client-id", "the one client", (o, v) => o with { ClientId = v }),
        new("client-secret", "its secret", (o, v) => o with { ClientSecret = v }),
        new("rotate-refresh-tokens", "false: the old refresh token stays", (o, v) => o with { RotateRefreshTokens = Truth(v) }),
        new("reuse-grace", "how long the previous refresh token may be retried", (o, v) => o with { ReuseGrace = Duration(v) }),
        new("revoke-family-on-reuse", "true: a spent refresh token kills its family", (o, v) => o with { RevokeFamilyOnReuse = Truth(v) }),
        new("kill-old-access-token-on-rotation", "true: a rotation kills older access tokens",
            (o, v) => o with { KillOldAccessTokenOnRotation = Truth(v) }),
        new("latency", "how long the provider thinks before it acts", (o, v) => o with { Latency = Duration(v) }),
        new("max-rotations-per-window", "limit for each family; empty: none",
            (o, v) => o with { MaxRotationsPerWindow = Optional(v, Number) }),
        new("max-validations-per-window", "limit for all callers; empty: none",
            (o, v) => o with { MaxValidationsPerWindow = Optional(v, Number) }),
        new("rate-limit-window", "the window of both limits", (o, v) => o with { RateLimitWindow = Duration(v) }),
        new("expiry-fields", "None, Numbers or Strings: access_token_expiry, refresh_token_expiry",
            (o, v) => o with { ExpiryFields = OneOf<ExpiryFields>(v) }),
        new("invalid-grant-status", "the status of invalid_grant", (o, v) => o with { InvalidGrantStatus = Number(v) }),
        new("invalid-grant-error", "the code of a dead refresh token", (o, v) => o with { InvalidGrantError = v }),
        new("invalid-grant-reason", "the same in reason; empty: none", (o, v) => o with { InvalidGrantReason = v.Length == 0 ? null : v }),
        new("min-rotation-interval", "how far apart a family's rotations must be", (o, v) => o with { MinRotationInterval = Duration(v) }),
        new("tells-expires-in", "false: a token answer has no expires_in", (o, v) => o with { TellsExpiresIn = Truth(v) }),
        new("tells-created-at", "true: a token answer has created_at", (o, v) => o with { TellsCreatedAt = Truth(v) }),
        new("token-path", "the token endpoint's path, with or without {token_type}", (o, v) => o with { TokenPath = v }),
        new("validate-path", "the validate endpoint's path", (o, v) => o with { ValidatePath = v }),
        new("introspection-path", "the introspection endpoint's path", (o, v) => o with { IntrospectionPath = v }),
        new("accepted-format", "Any, Json or Form", (o, v) => o with { AcceptedFormat = OneOf<AcceptedFormat>(v) }),
        new("accepted-client-authentication", "Any, Post or Basic",
            (o, v) => o with { AcceptedClientAuthentication = OneOf<AcceptedClientAuthentication>(v) }),
        new("validate-success-shape", "Echo or TokenInfo", (o, v) => o with { ValidateSuccessShape = OneOf<ValidateSuccessShape>(v) }),
        new("validate-failure-shape", "OAuthError, SuccessZero or OkWithError",
            (o, v) => o with { ValidateFailureShape = OneOf<ValidateFailureShape>(v) }),
        new("validate-failure-status", "the status of a failed validation", (o, v) => o with { ValidateFailureStatus = Number(v) }),
    ];

    private static readonly FrozenDictionary<string, Setting> ByName =
        All.ToFrozenDictionary(setting => Normalize(setting.Name), StringComparer.Ordinal);

    /// <summary>The options with one of them set.</summary>
    /// <exception cref="FormatException">The name is unknown or the value cannot be read; the message says which, as
    /// <paramref name="shown"/>, and what would do.</exception>
    public static SimulatorOptions Apply(SimulatorOptions options, string name, string value, string? shown = null)
    {
        if (!ByName.TryGetValue(Normalize(name), out var setting))
        {
            throw new FormatException($"unknown option {shown ?? name}");
        }

        try
        {
            return setting.Apply(options, value);
        }
        catch (FormatException e)
        {
            throw new FormatException($"{shown ?? name}: {e.Message}", e);
        }
    }

    public static string Normalize(string name) => name.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    public static TimeSpan Duration(string value) =>
        TimeSpan.TryParseExact(value, "c", CultureInfo.InvariantCulture, out var duration)
            ? duration
            : throw new FormatException("must be a duration such as 00:00:20");

    private static int Number(string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException("must be a whole number");

    private static bool Truth(string value) => bool.TryParse(value, out var truth) ? truth : throw new FormatException("must be true or false");

    private static T? Optional<T>(string value, Func<string, T> parse) where T : struct => value.Length == 0 ? null : parse(value);

    private static T OneOf<T>(string value) where T : struct, Enum =>
        Enum.TryParse<T>(value, ignoreCase: true, out var found) && !char.IsAsciiDigit(value[0])
            ? found
            : throw new FormatException($"must be one of {string.Join(", ", Enum.GetNames<T>())}");
}

/// <summary>One option: its name on the command line, what it means, and how it is set.</summary>
internal sealed record Setting(string Name, string Help, Func<SimulatorOptions, string, SimulatorOptions> Apply);
