using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>The refresh request (RFC 6749 §6): JSON or a form, the client's credentials in the body or in Basic (§2.3.1).</summary>
internal static class TokenRequest
{
    // Tokens go out as they came in: some providers compare the escaped text of a JSON string.
    private static readonly JsonWriterOptions AsIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The message for one attempt. A public client has no secret and names itself in the body.</summary>
    public static HttpRequestMessage Create(CredentialSettings settings, Secret? clientSecret, RefreshContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenEndpoint)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.UserAgent.Add(EndpointHandler.UserAgent);
        if (UsesBasic(settings, clientSecret))
        {
            var pair = $"{FormEncoding.Encode(settings.ClientId)}:{FormEncoding.Encode(clientSecret!.Reveal())}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }

        return request;
    }

    /// <summary>The content for one attempt.</summary>
    public static RefreshContent CreateContent(
        CredentialSettings settings, Secret refreshToken, Secret? clientSecret, SendDeadline deadline)
    {
        var parameters = Parameters(settings, refreshToken, clientSecret);
        return settings.RequestFormat == RequestFormat.Json
            ? new RefreshContent(ToJson(parameters), "application/json", deadline)
            : new RefreshContent(FormEncoding.Encode(parameters), "application/x-www-form-urlencoded", deadline);
    }

    private static bool UsesBasic(CredentialSettings settings, Secret? clientSecret) =>
        settings.ClientAuthentication == ClientAuthentication.ClientSecretBasic && clientSecret is not null;

    private static List<KeyValuePair<string, string>> Parameters(CredentialSettings settings, Secret refreshToken, Secret? clientSecret)
    {
        List<KeyValuePair<string, string>> parameters = [new("grant_type", "refresh_token"), new("refresh_token", refreshToken.Reveal())];
        if (!UsesBasic(settings, clientSecret))
        {
            parameters.Add(new("client_id", settings.ClientId));
            if (clientSecret is not null)
            {
                parameters.Add(new("client_secret", clientSecret.Reveal()));
            }
        }

        if (!string.IsNullOrEmpty(settings.Scope))
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
