using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace TokenGateway.Management;

/// <summary>The dashboard: files within the executable. They need no key, since they hold nothing of this gateway; the data that they ask for does.</summary>
internal static class DashboardPages
{
    private const string Folder = "/dashboard/";

    /// <summary>Nothing from elsewhere, nothing inline, and in nobody's frame.</summary>
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly FrozenDictionary<string, Page> Pages = Load().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The paths that need no key.</summary>
    public static bool IsPage(PathString path) => path.Value is { } value && Pages.ContainsKey(value);

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (path, page) in Pages)
        {
            routes.MapRead(path, context => WriteAsync(context, page));
        }
    }

    /// <summary>What every page says of itself.</summary>
    public static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
    }

    private static async Task WriteAsync(HttpContext context, Page page)
    {
        var headers = context.Response.Headers;
        Protect(headers);
        headers.CacheControl = "no-cache"; // Kept, but asked for again: another version of the gateway has another page.
        headers.ETag = page.Tag.ToString();
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Compare(page.Tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = page.ContentType;
        context.Response.ContentLength = page.Content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(page.Content, context.RequestAborted);
        }
    }

    private static IEnumerable<KeyValuePair<string, Page>> Load()
    {
        var assembly = typeof(DashboardPages).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");
            yield return KeyValuePair.Create(name == Folder + "index.html" ? "/" : name, new Page(content, ContentTypeOf(name), tag));
        }
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        _ => "text/javascript; charset=utf-8",
    };

    private sealed record Page(byte[] Content, string ContentType, EntityTagHeaderValue Tag);
}
