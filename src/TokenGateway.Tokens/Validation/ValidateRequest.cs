using System.Net.Http.Headers;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Delivery;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Validation;

/// <summary>The question whether an access token is alive: asked with the token itself, or about it (RFC 7662 §2.1).</summary>
internal static class ValidateRequest
{
    /// <returns>Null when the client's secret cannot be had at this moment.</returns>
    public static HttpRequestMessage? Create(CredentialSettings settings, Uri endpoint, Secret accessToken)
    {
        var request = settings.ValidateKind == ValidateKind.Introspection ? Introspect(settings, endpoint, accessToken) : Get(settings, endpoint, accessToken);
        request?.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request?.Headers.UserAgent.Add(EndpointHandler.UserAgent);
        return request;
    }

    private static HttpRequestMessage Get(CredentialSettings settings, Uri endpoint, Secret accessToken)
    {
        // A media type without a body: the seed provider asks for the header on this GET too.
        var content = new ByteArrayContent([]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Get, endpoint) { Content = content };
        TokenHeader.Of(settings.Delivery.Header).Set(request.Headers, new AccessToken(accessToken, default, settings.Delivery.Scheme).RevealHeader());
        return request;
    }

    private static HttpRequestMessage? Introspect(CredentialSettings settings, Uri endpoint, Secret accessToken)
    {
        if (!ClientProof.TryReadSecret(settings, out var clientSecret))
        {
            return null;
        }

        var proof = new ClientProof(settings, clientSecret);
        var content = new ByteArrayContent(FormEncoding.Encode([new("token", accessToken.Reveal()), new("token_type_hint", "access_token"), .. proof.Parameters()]));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = content };
        request.Headers.Authorization = proof.Header;
        return request;
    }
}
