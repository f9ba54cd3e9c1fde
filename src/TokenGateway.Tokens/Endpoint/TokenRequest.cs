using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>The request for a token (RFC 6749 §4.1.3, §4.4 and §6): JSON or a form, the client's credentials in the body or in Basic (§2.3.1).</summary>
internal static class TokenRequest
{
    // Tokens go out as they came in: some providers compare the escaped text of a JSON string.
    private static readonly JsonWriterOptions AsIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The message for one attempt.</summary>
    public static HttpRequestMessage Create(CredentialSettings settings, ClientProof proof, RefreshContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenEndpoint)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.UserAgent.Add(EndpointHandler.UserAgent);
        request.Headers.Authorization = proof.Header;
        return request;
    }

    /// <summary>The content for one attempt.</summary>
    public static RefreshContent CreateContent(
        CredentialSettings settings, TokenGrantRequest grant, ClientProof proof, SendDeadline deadline)
    {
        var parameters = Parameters(settings, grant, proof);
        return settings.RequestFormat == RequestFormat.Json
            ? new RefreshContent(ToJson(parameters), "application/json", deadline)
            : new RefreshContent(FormEncoding.Encode(parameters), "application/x-www-form-urlencoded", deadline);
    }

    private static List<KeyValuePair<string, string>> Parameters(CredentialSettings settings, TokenGrantRequest grant, ClientProof proof)
    {
        List<KeyValuePair<string, string>> parameters = [.. grant.Parameters, .. proof.Parameters()];
        if (grant.SendsScope && !string.IsNullOrEmpty(settings.Scope))
        {
            parameters.Add(new("scope", settings.Scope));
        }

        // A parameter must not appear twice (RFC 6749 §3.2): what the protocol sets stays.
        var taken = parameters.Select(p => p.Key).ToHashSet(StringComparer.Ordinal);
        parameters.AddRange(settings.ExtraParameters.Where(extra => !taken.Contains(extra.Key)));
        return parameters;
    }

    private static byte[] ToJson(List<KeyValuePair<string, string>> parameters)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, AsIs))
        {
            json.WriteStartObject();
            foreach (var (name, value) in parameters)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
