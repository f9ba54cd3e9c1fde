using System.Text.Json;
using System.Text.Json.Serialization;

namespace TokenGateway.Hosting;

/// <summary>A refusal as <c>application/problem+json</c> (RFC 9457). <paramref name="Code"/> is for programs, the rest for people.</summary>
internal sealed record Problem(string Title, int Status, string Code, string? Detail = null, string? Credential = null)
{
    public async Task WriteAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        var body = JsonSerializer.SerializeToUtf8Bytes(this, ProblemJson.Default.Problem);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, cancellationToken);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
