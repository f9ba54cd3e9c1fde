using System.Text.Json;
using System.Text.Json.Serialization;
using TokenGateway.Tokens;

namespace TokenGateway.Management;

/// <summary>The body of a reseed. No record: one would print its token.</summary>
internal sealed class ReseedRequest
{
    [JsonRequired]
    public string? RefreshToken { get; init; }

    /// <summary>The token; null where the body is not <c>{"refreshToken": "…"}</c>. White space around it, as files have, is no part of it.</summary>
    public static async Task<Secret?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var body = request.HasJsonContentType() ? await JsonSerializer.DeserializeAsync(request.Body, ManagementJson.Default.ReseedRequest, cancellationToken) : null;
            var token = body?.RefreshToken?.Trim();
            return string.IsNullOrWhiteSpace(token) ? null : new Secret(token);
        }
        catch (Exception error) when (error is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }
}
