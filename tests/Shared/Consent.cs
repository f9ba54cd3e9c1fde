using System.Web;

namespace TokenGateway.Testing;

/// <summary>A person who logs in at the simulator's page, without a browser.</summary>
internal static class Consent
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    /// <summary>Where the provider sends the browser back to.</summary>
    public static async Task<Uri> GiveAsync(Uri authorization, bool allow = true)
    {
        var query = HttpUtility.ParseQueryString(authorization.Query);
        var form = query.AllKeys.Select(name => KeyValuePair.Create(name!, query[name]!)).Append(KeyValuePair.Create("consent", allow ? "yes" : "no"));
        using var content = new FormUrlEncodedContent(form);
        using var answer = await Http.PostAsync(new Uri(authorization.GetLeftPart(UriPartial.Path)), content);
        return answer.Headers.Location ?? throw new InvalidOperationException($"The provider answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>The code that the provider gives.</summary>
    public static async Task<string> CodeAsync(Uri authorization) => HttpUtility.ParseQueryString((await GiveAsync(authorization)).Query)["code"]!;
}
