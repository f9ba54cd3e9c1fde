using System.Globalization;
using System.Text;

namespace TokenGateway.Simulation.Provider;

/// <summary>What the provider puts on the wire.</summary>
internal sealed record ProviderReply(int Status, byte[] Body, TimeSpan? RetryAfter = null)
{
    public static ProviderReply Grant(string accessToken, string? refreshToken, TimeSpan lifetime) => new(200, Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"token_type\":\"Bearer\",\"expires_in\":{(long)lifetime.TotalSeconds},\"access_token\":\"{accessToken}\"{(refreshToken is null ? "" : $",\"refresh_token\":\"{refreshToken}\"")}}}")));

    public static ProviderReply Error(int status, string error, TimeSpan? retryAfter = null) =>
        new(status, Encoding.UTF8.GetBytes($"{{\"error\":\"{error}\"}}"), retryAfter);

    public static ProviderReply Text(int status, string text) => new(status, Encoding.UTF8.GetBytes(text));
}
