using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace TokenGateway.Tests.Cases;

/// <summary>
/// A response as a case writes it: <c>status</c> (200), <c>headers</c>, a body as <c>json</c>, <c>form</c> or <c>text</c>, and <c>gzip</c>, asked for or not.
/// In it <c>$N</c> is the number of the request, <c>$EPOCH+3600</c> a moment in epoch seconds, <c>$EPOCHMS+3600</c> in milliseconds and <c>$TIME+3600</c> as ISO 8601.
/// </summary>
internal sealed partial class ScriptedResponse(JsonElement definition, int number)
{
    public async Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = definition.TryGetProperty("status", out var status) ? status.GetInt32() : StatusCodes.Status200OK;
        var (contentType, body) = Body();
        response.ContentType = contentType;
        if (definition.TryGetProperty("headers", out var headers))
        {
            foreach (var header in headers.EnumerateObject())
            {
                response.Headers[header.Name] = Fill(header.Value.GetString()!);
            }
        }

        var bytes = Encoding.UTF8.GetBytes(body);
        if (definition.TryGetProperty("gzip", out var gzip) && gzip.GetBoolean())
        {
            response.Headers.ContentEncoding = "gzip";
            bytes = Compress(bytes);
        }

        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes);
    }

    private (string? ContentType, string Body) Body() =>
        definition.TryGetProperty("json", out var json) ? ("application/json", Fill(json.GetRawText()))
        : definition.TryGetProperty("form", out var form) ? ("application/x-www-form-urlencoded", Fill(form.GetString()!))
        : definition.TryGetProperty("text", out var text) ? ("text/plain", Fill(text.GetString()!))
        : (null, "");

    private string Fill(string text)
    {
        var now = TimeProvider.System.GetUtcNow();
        var numbered = text.Replace("$N", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return Moment().Replace(numbered, match =>
        {
            var moment = now.AddSeconds(int.Parse(match.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture));
            return match.Groups["unit"].Value switch
            {
                "EPOCH" => moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                "EPOCHMS" => moment.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                _ => $"\"{moment:yyyy-MM-ddTHH:mm:ssZ}\"",
            };
        });
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    /// <summary>With the quotes around it, where it is a whole value of JSON: a number takes their place.</summary>
    [GeneratedRegex("\"?\\$(?<unit>EPOCHMS|EPOCH|TIME)\\+(?<seconds>[0-9]+)\"?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Moment();
}
