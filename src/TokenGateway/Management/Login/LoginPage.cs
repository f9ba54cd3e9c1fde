using System.Text.Encodings.Web;

namespace TokenGateway.Management.Login;

/// <summary>The page that a person sees when the provider has sent the browser back.</summary>
internal static class LoginPage
{
    public static Task WriteAsync(HttpContext context, LoginResult result)
    {
        var title = result.Succeeded ? "Connected" : "Not connected";
        var response = context.Response;
        response.StatusCode = result.Succeeded ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        response.ContentType = "text/html; charset=utf-8";
        DashboardPages.Protect(response.Headers);
        return response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>{title} – TokenGateway</title>
              <link rel="icon" href="data:,">
              <link rel="stylesheet" href="/dashboard/dashboard.css">
            </head>
            <body>
              <header><h1>TokenGateway</h1></header>
              <main>
                <article data-level="{(result.Succeeded ? "good" : "bad")}">
                  <header><h2>{title}</h2></header>
                  <p role="status">{HtmlEncoder.Default.Encode(result.Message)}</p>
                  <p><a href="/">To the dashboard</a>, or close this window.</p>
                </article>
              </main>
            </body>
            </html>
            """,
            context.RequestAborted);
    }
}
