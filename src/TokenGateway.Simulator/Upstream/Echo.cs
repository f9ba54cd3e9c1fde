using System.Buffers;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Simulator.Upstream;

/// <summary>A request told back as JSON, with its token's fingerprint and generation in place of its <c>Authorization</c>.</summary>
internal static class Echo
{
    [ThreadStatic]
    private static Buffers? _buffers;

    /// <summary>Writes the answer within the caller's step, so that the thread's own buffers can serve every request.</summary>
    public static void Write(HttpContext context, IssuedAccessToken token, long bodyLength)
    {
        var buffers = _buffers ??= new Buffers();
        buffers.Bytes.ResetWrittenCount();
        buffers.Json.Reset();
        WriteJson(buffers.Json, context.Request, token, bodyLength);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffers.Bytes.WrittenCount;
        context.Response.BodyWriter.Write(buffers.Bytes.WrittenSpan);
    }

    private static void WriteJson(Utf8JsonWriter json, HttpRequest request, IssuedAccessToken token, long bodyLength)
    {
        json.WriteStartObject();
        json.WriteString("method", request.Method);
        json.WriteString("path", request.Path.Value);
        json.WriteString("query", request.QueryString.Value);
        json.WriteStartObject("headers");
        foreach (var (name, value) in request.Headers)
        {
            if (!name.Equals(HeaderNames.Authorization, StringComparison.OrdinalIgnoreCase))
            {
                json.WriteString(name, value.ToString());
            }
        }

        json.WriteEndObject();
        json.WriteString("fingerprint", token.Fingerprint);
        json.WriteString("family", token.Family);
        json.WriteNumber("generation", token.Generation);
        json.WriteNumber("bodyLength", bodyLength);
        json.WriteEndObject();
        json.Flush();
    }

    private sealed class Buffers
    {
        public Buffers() => Json = new Utf8JsonWriter(Bytes);

        public ArrayBufferWriter<byte> Bytes { get; } = new(1024);

        public Utf8JsonWriter Json { get; }
    }
}
