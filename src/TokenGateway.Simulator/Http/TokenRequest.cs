using System.Net;
using System.Text;
using System.Text.Json;

namespace TokenGateway.Simulator.Http;

/// <summary>The parameters of a token call (RFC 6749 §6 and §4.4) or an introspection (RFC 7662 §2.1), and what is wrong with them.</summary>
internal sealed record TokenRequest
{
    private const string Scheme = "Basic ";

    private IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public string? GrantType => Parameters.GetValueOrDefault("grant_type");

    public string? Code => Parameters.GetValueOrDefault("code");

    public string? RedirectUri => Parameters.GetValueOrDefault("redirect_uri");

    public string? CodeVerifier => Parameters.GetValueOrDefault("code_verifier");

    public string? RefreshToken => Parameters.GetValueOrDefault("refresh_token");

    public string? Token => Parameters.GetValueOrDefault("token");

    public string? ClientId { get; private init; }

    public string? ClientSecret { get; private init; }

    /// <summary>True when the client authenticated with HTTP Basic.</summary>
    public bool UsedBasic { get; private init; }

    /// <summary>Why the request cannot be read (<c>invalid_request</c>); null when it can.</summary>
    public string? Malformed { get; private init; }

    public static async Task<TokenRequest> ReadAsync(HttpRequest request, AcceptedFormat accepted)
    {
        var (parameters, error) = await ReadBodyAsync(request, accepted);
        if (error is not null)
        {
            return new TokenRequest { Malformed = error };
        }

        var read = new TokenRequest
        {
            Parameters = parameters,
            ClientId = parameters.GetValueOrDefault("client_id"),
            ClientSecret = parameters.GetValueOrDefault("client_secret"),
        };
        return request.Headers.Authorization.Count == 0 ? read : read.WithBasic(request.Headers.Authorization.ToString());
    }

    /// <summary>True when the client has named itself in a way that the provider accepts.</summary>
    public bool IsAuthenticated(AcceptedClientAuthentication accepted) => ClientId is not null && ClientSecret is not null && accepted switch
    {
        AcceptedClientAuthentication.Basic => UsedBasic,
        AcceptedClientAuthentication.Post => !UsedBasic,
        _ => true,
    };

    private TokenRequest WithBasic(string header)
    {
        if (ClientSecret is not null)
        {
            return this with { Malformed = "more than one way of client authentication" };
        }

        var basic = this with { UsedBasic = true, ClientId = null };
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return basic;
        }

        var decoded = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Scheme.Length..].Trim(), decoded, out var length)
            || Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2) is not [var id, var secret])
        {
            return basic;
        }

        var name = WebUtility.UrlDecode(id);
        return ClientId is null || string.Equals(ClientId, name, StringComparison.Ordinal)
            ? basic with { ClientId = name, ClientSecret = WebUtility.UrlDecode(secret) }
            : this with { Malformed = "client_id differs from the one in the Authorization header" };
    }

    private static async Task<(Dictionary<string, string> Parameters, string? Error)> ReadBodyAsync(HttpRequest request, AcceptedFormat accepted)
    {
        try
        {
            return request.ContentType?.Split(';')[0].Trim().ToUpperInvariant() switch
            {
                "APPLICATION/JSON" when accepted != AcceptedFormat.Form => await ReadJsonAsync(request),
                "APPLICATION/X-WWW-FORM-URLENCODED" when accepted != AcceptedFormat.Json => await ReadFormAsync(request),
                _ => ([], $"the body must be {Describe(accepted)}, and its Content-Type say so"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            return ([], "the body cannot be parsed");
        }
    }

    private static string Describe(AcceptedFormat accepted) => accepted switch
    {
        AcceptedFormat.Json => "JSON",
        AcceptedFormat.Form => "a form",
        _ => "JSON or a form",
    };

    private static async Task<(Dictionary<string, string> Parameters, string? Error)> ReadJsonAsync(HttpRequest request)
    {
        using var document = await JsonDocument.ParseAsync(request.Body, default, request.HttpContext.RequestAborted);
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return ([], "the body must be a JSON object");
        }

        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String)
            {
                return ([], "every parameter must be a string");
            }

            if (!parameters.TryAdd(member.Name, member.Value.GetString()!))
            {
                return ([], "a parameter is included more than once");
            }
        }

        return (parameters, null);
    }

    private static async Task<(Dictionary<string, string> Parameters, string? Error)> ReadFormAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        return form.Any(field => field.Value.Count != 1)
            ? ([], "a parameter is included more than once")
            : (form.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal), null);
    }
}
