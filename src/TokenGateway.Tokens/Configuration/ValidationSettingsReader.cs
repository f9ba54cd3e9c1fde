namespace TokenGateway.Tokens.Configuration;

/// <summary>Reads a credential's <c>Validation</c>.</summary>
internal static class ValidationSettingsReader
{
    public static ValidationSettings Read(SettingsReader reader)
    {
        var defaults = new ValidationSettings();
        return new ValidationSettings
        {
            OnAdopt = reader.Flag("OnAdopt") ?? defaults.OnAdopt,
            Interval = reader.Duration("Interval", DurationRange.Wait) ?? defaults.Interval,
            On401 = reader.Choice<On401>("On401") ?? defaults.On401,
            OnError = reader.Choice<OnValidationError>("OnError") ?? defaults.OnError,
            CacheFor = reader.Duration("CacheFor", DurationRange.Wait) ?? defaults.CacheFor,
            Timeout = reader.Duration("Timeout", DurationRange.PositiveWait) ?? defaults.Timeout,
        };
    }
}
