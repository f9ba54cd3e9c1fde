using TokenGateway.Simulator;
using TokenGateway.Tokens.Tests.Configuration;
using TokenGateway.Tokens.Tests.Rotation;

namespace TokenGateway.Tokens.Tests.Presets;

/// <summary>A credential that knows no more of its provider than a preset's name, and the simulator's variant of that provider.</summary>
internal static class PresetFleet
{
    public static Task<Fleet> StartAsync(string name, Func<SimulatorOptions, SimulatorOptions>? change = null, params (string Key, string? Value)[] settings) =>
        StartAsync(name, change, time: null, settings);

    public static async Task<Fleet> StartAsync(
        string name, Func<SimulatorOptions, SimulatorOptions>? change, TimeProvider? time, params (string Key, string? Value)[] settings)
    {
        // Rotations that a test asks for follow each other at once.
        var options = ProviderVariants.Find(name) with { MinRotationInterval = TimeSpan.Zero };
        var fleet = await Fleet.StartAsync(change?.Invoke(options) ?? options, time: time);
        var url = fleet.Simulator.BaseUrl + (name == "okta" ? "/oauth2/default" : "");
        var like = fleet.Credential;
        fleet.Credential = SettingsFixture.ReadPlum([
            ("Preset", name), ("OAuthUrl", url), ("TokenEndpoint", name == "generic" ? url + "/token" : null),
            ("ClientId", like.ClientId), ("ClientSecret", like.ClientSecret.Value!.Reveal()), ("RefreshToken", fleet.Seed.RefreshToken), .. settings]) with
        {
            MinRefreshInterval = TimeSpan.Zero,
            TokenEndpointTimeout = like.TokenEndpointTimeout,
            LeaseDuration = like.LeaseDuration,
            Patience = like.Patience,
            Validation = like.Validation,
        };
        return fleet;
    }
}
