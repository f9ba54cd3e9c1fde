namespace TokenGateway.Tokens.Configuration;

/// <summary>
/// What <c>GrantType: client_credentials</c> makes of a credential: where there is no refresh token, a mark stands in its place, which is never sent, and asking again is always
/// harmless. So the engine needs no second way to lease, store and share.
/// </summary>
internal static class ClientCredentialsSettings
{
    /// <summary>In the place of the refresh token.</summary>
    public static readonly Secret NoRefreshToken = new("client_credentials");

    private static readonly string[] Seeds =
        ["RefreshToken", "RefreshTokenFile", "StandbyRefreshToken", "StandbyRefreshTokenFile", "AccessToken", "AccessTokenFile"];

    public static CredentialSettings Of(SettingsReader reader, CredentialSettings settings)
    {
        foreach (var key in Seeds.Where(key => !reader.Failed(key) && reader.Text(key) is not null))
        {
            reader.Report(key, "is set, but GrantType is client_credentials, which needs none; remove it");
        }

        if (!settings.ClientSecret.IsConfigured && !reader.Failed("ClientSecret") && !reader.Failed("ClientSecretFile"))
        {
            reader.Report("ClientSecret", "is empty, but GrantType is client_credentials, which proves itself by nothing else; set it, or better ClientSecretFile");
        }

        return Of(settings);
    }

    public static CredentialSettings Of(CredentialSettings settings) => settings with
    {
        GrantType = GrantType.ClientCredentials,
        RefreshToken = new SecretSource { Value = NoRefreshToken },
        ReusePolicy = ReusePolicy.Grace,
        ReuseGrace = DurationRange.Age.Longest,
    };
}
