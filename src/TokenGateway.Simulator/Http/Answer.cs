using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TokenGateway.Simulator.Http;

/// <summary>An answer in full, so that a fault can still spoil it.</summary>
internal sealed record Answer(int Status, ReadOnlyMemory<byte> Body, string ContentType = "application/json")
{
    public TimeSpan? RetryAfter { get; init; }

    public string? WwwAuthenticate { get; init; }

    public string? Location { get; init; }

    public static Answer Json(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return new Answer(status, buffer.WrittenMemory);
    }

    public static Answer Text(int status, string text, string contentType) => new(status, Encoding.UTF8.GetBytes(text), contentType);

    /// <summary>An error of RFC 6749 §5.2 or RFC 6750 §3.1.</summary>
    public static Answer Error(int status, string error, string description) => Json(status, json =>
    {
        json.WriteString("error", error);
        json.WriteString("error_description", description);
    });

    public static Answer RateLimited(TimeSpan? retryAfter) =>
        Json(StatusCodes.Status429TooManyRequests, json => json.WriteString("message", "auth.request_limit_exceeded")) with { RetryAfter = retryAfter };

    /// <summary>
    /// Sends it, or only the first <paramref name="bytes"/> of its body: fewer than announced make Kestrel close the connection after them.
    /// </summary>
    public async Task SendAsync(HttpContext context, int bytes = int.MaxValue)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        response.Headers.WWWAuthenticate = WwwAuthenticate;
        response.Headers.Location = Location;
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        await response.StartAsync();
        await response.Body.WriteAsync(Body[..Math.Min(bytes, Body.Length)]);
    }
}
