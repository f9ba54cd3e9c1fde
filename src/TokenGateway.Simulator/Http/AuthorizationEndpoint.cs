using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Simulator.Http;

/// <summary><c>/authorize</c>: a page that asks for consent, and the redirect back (RFC 6749 §4.1.1 and §4.1.2). PKCE with S256 is required, and the redirect must lead to a loopback address.</summary>
internal sealed class AuthorizationEndpoint(Provider provider, AuthorizationCodes codes)
{
    public const string Path = "/authorize";

    /// <summary>The page. A request that nobody may be sent back for is answered here (§4.1.2.1).</summary>
    public Task ShowAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (Unsafe(query) is { } reason)
        {
            return Answer.Text(400, Page($"<p>This login cannot go on: {Encode(reason)}.</p>"), "text/html; charset=utf-8").SendAsync(context);
        }

        if (Mistake(query) is { } error)
        {
            return RedirectAsync(context, query, "error", error);
        }

        var scope = query["scope"].ToString();
        var wish = $"<p><b>{Encode(query["client_id"].ToString())}</b> asks for access{(scope.Length == 0 ? "" : $" to <b>{Encode(scope)}</b>")}.</p>";
        var fields = string.Concat(query.Select(field => $"<input type=\"hidden\" name=\"{Encode(field.Key)}\" value=\"{Encode(field.Value.ToString())}\">"));
        var form = $"<form method=\"post\" action=\"{Path}\">{fields}<p><button name=\"consent\" value=\"yes\">Allow</button> <button name=\"consent\" value=\"no\">Deny</button></p></form>";
        return Answer.Text(200, Page(wish + form), "text/html; charset=utf-8").SendAsync(context);
    }

    /// <summary>What the person decided.</summary>
    public async Task DecideAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (Unsafe(form) is { } reason)
        {
            await Answer.Text(400, Page($"<p>This login cannot go on: {Encode(reason)}.</p>"), "text/html; charset=utf-8").SendAsync(context);
        }
        else if (Mistake(form) is { } error)
        {
            await RedirectAsync(context, form, "error", error);
        }
        else if (form["consent"] == "yes")
        {
            await RedirectAsync(context, form, "code", codes.Issue(form["redirect_uri"].ToString(), form["code_challenge"].ToString()));
        }
        else
        {
            await RedirectAsync(context, form, "error", "access_denied");
        }
    }

    private string? Unsafe(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> parameters)
    {
        var given = parameters.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
        return !string.Equals(given.GetValueOrDefault("client_id"), provider.Options.ClientId, StringComparison.Ordinal) ? "the client is unknown"
            : !Uri.TryCreate(given.GetValueOrDefault("redirect_uri"), UriKind.Absolute, out var redirect) || !IPAddress.TryParse(redirect.Host, out var address) || !IPAddress.IsLoopback(address)
                ? "the redirect_uri does not lead to a loopback address"
            : null;
    }

    private static string? Mistake(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> parameters)
    {
        var given = parameters.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
        return given.GetValueOrDefault("response_type") != "code" ? "unsupported_response_type"
            : given.GetValueOrDefault("code_challenge_method") != "S256" || given.GetValueOrDefault("code_challenge") is not { Length: 43 } ? "invalid_request"
            : null;
    }

    private static Task RedirectAsync(
        HttpContext context, IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> parameters, string name, string value)
    {
        var given = parameters.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
        var location = new StringBuilder(given["redirect_uri"]).Append(given["redirect_uri"].Contains('?', StringComparison.Ordinal) ? '&' : '?').Append(name).Append('=').Append(value);
        if (given.GetValueOrDefault("state") is { } state)
        {
            location.Append("&state=").Append(Uri.EscapeDataString(state));
        }

        location.Append("&iss=").Append(Uri.EscapeDataString($"{context.Request.Scheme}://{context.Request.Host}"));
        return (new Answer(302, default, "text/plain") { Location = location.ToString() }).SendAsync(context);
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static string Page(string body) =>
        $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Simulated provider</title><link rel=\"icon\" href=\"data:,\"></head><body><main><h1>Simulated provider</h1>{body}</main></body></html>";
}
