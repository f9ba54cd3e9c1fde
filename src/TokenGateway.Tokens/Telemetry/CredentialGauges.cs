using System.Diagnostics.Metrics;

namespace TokenGateway.Tokens.Telemetry;

/// <summary>What each credential is like at the moment of a scrape, read from memory.</summary>
internal static class CredentialGauges
{
    /// <summary>Adds the gauges to <paramref name="meter"/>, for as long as that lives.</summary>
    public static void Register(Meter meter, TokenManager manager, TimeProvider time)
    {
        meter.CreateObservableGauge("tokengateway.access_token.remaining", () => Remaining(status => status.AccessTokenExpiresAt), "s",
            "How long the access token still lives, as far as this replica knows; absent where there is none.");
        meter.CreateObservableGauge("tokengateway.refresh_token.remaining", () => Remaining(status => status.RefreshTokenExpiresAt), "s",
            "How long the refresh token still lives; absent where the provider does not say.");
        meter.CreateObservableGauge("tokengateway.generation", () => Statuses().Select(status => Of(status.Name, status.Generation)), null,
            "How often the family has been rotated, as far as this replica knows.");
        meter.CreateObservableGauge("tokengateway.state", () => Statuses().SelectMany(States), null,
            "1 for the state that the credential is in, 0 for the others.");
        meter.CreateObservableGauge("tokengateway.usable", () => Statuses().Select(status => Of(status.Name, status.Usable ? 1 : 0)), null,
            "1 while requests get an access token of the credential, 0 while they are refused.");
        meter.CreateObservableGauge("tokengateway.store.reachable", () => manager.Credentials.Select(Reachable), null,
            "1 while the store answers and its record of the credential can be read, else 0.");

        IEnumerable<CredentialStatus> Statuses() => manager.Credentials.Select(manager.GetStatus);

        IEnumerable<Measurement<double>> Remaining(Func<CredentialStatus, DateTimeOffset?> expiry) =>
            from status in Statuses()
            where expiry(status) is not null
            select Of(status.Name, Math.Max(0, (expiry(status)!.Value - time.GetUtcNow()).TotalSeconds));

        Measurement<int> Reachable(string credential) => Of(credential, manager.Agent(credential).Memory.View.MetSince is null ? 0 : 1);
    }

    private static IEnumerable<Measurement<int>> States(CredentialStatus status) => Enum.GetValues<CredentialState>().Select(state =>
        new Measurement<int>(status.State == state ? 1 : 0, new("credential", status.Name), new("state", Labels.Of(state))));

    private static Measurement<T> Of<T>(string credential, T value)
        where T : struct => new(value, new KeyValuePair<string, object?>("credential", credential));
}
