namespace TokenGateway.Tokens.Configuration;

/// <summary>Reads a credential's <c>Validation</c>.</summary>
internal static class ValidationSettingsReader
{
    /// <param name="reader">The credential's section <c>Validation</c>.</param>
    /// <param name="on401">What the preset knows; null where it knows nothing, or where there is a validate endpoint to ask.</param>
    public static ValidationSettings Read(SettingsReader reader, On401? on401)
    {
        var defaults = new ValidationSettings();
        return new ValidationSettings
        {
            OnAdopt = reader.Flag("OnAdopt") ?? defaults.OnAdopt,
            Interval = reader.Duration("Interval", DurationRange.Wait) ?? defaults.Interval,
            On401 = reader.Choice<On401>("On401") ?? on401 ?? defaults.On401,
            OnError = reader.Choice<OnValidationError>("OnError") ?? defaults.OnError,
            CacheFor = reader.Duration("CacheFor", DurationRange.Wait) ?? defaults.CacheFor,
            Timeout = reader.Duration("Timeout", DurationRange.PositiveWait) ?? defaults.Timeout,
        };
    }
}
