using TokenGateway.Hosting;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Management.Login;

/// <summary>
/// First login, and every later one. A login is begun with the key or from this machine; the provider then sends the browser to <see cref="Callback"/>, which needs no key: the state
/// that it brings is unguessable and good once, and the code is worth nothing without the verifier that never left this process (RFC 8252, RFC 7636).
/// </summary>
internal sealed partial class LoginEndpoints(ITokenManager tokens, PendingLogins logins, Audit audit, Func<Uri?> ownAddress, ILogger<LoginEndpoints> logger)
{
    public const string Callback = "/login/callback";
    private const string Result = "/login/result";

    /// <summary>How long a caller is kept waiting for the end of a login before it has to ask again.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    /// <summary>The paths that a browser comes to by itself, without a key.</summary>
    public static bool IsForBrowsers(PathString path) => path.Value is Callback or Result;

    /// <param name="routes">The management listener's.</param>
    /// <param name="forCredential">Finds the credential that a path names.</param>
    public void Map(IEndpointRouteBuilder routes, Func<Func<HttpContext, string, Task>, RequestDelegate> forCredential)
    {
        routes.MapPost("/api/credentials/{name}/login", forCredential(BeginAsync));
        routes.MapRead("/api/credentials/{name}/login/{id}", forCredential(WaitAsync));
        routes.MapGet(Callback, EndAsync);
        routes.MapGet(Result, ShowAsync);
    }

    private Task BeginAsync(HttpContext context, string name) => audit.RecordAsync(context, "login", name, async () =>
    {
        PendingLogin login;
        try
        {
            login = logins.Begin(name, tokens.BeginLogin(name, ownAddress() is { } own ? new Uri(own, Callback) : null));
        }
        catch (InvalidOperationException e)
        {
            await new Problem("Nobody can log in here", StatusCodes.Status409Conflict, "login_not_configured", e.Message, name).WriteAsync(context.Response, context.RequestAborted);
            return "login_not_configured";
        }

        await context.Response.WriteAsJsonAsync(
            new LoginDocument(login.Id, login.Request.Url.AbsoluteUri, login.Request.RedirectUri.AbsoluteUri, login.ExpiresAt),
            ManagementJson.Default.LoginDocument, cancellationToken: context.RequestAborted);
        return "begun";
    });

    /// <summary>How a login stands; one that has not ended is waited for a while.</summary>
    private async Task WaitAsync(HttpContext context, string name)
    {
        if (logins.Find((string)context.Request.RouteValues["id"]!) is not { } login || login.Credential != name)
        {
            await new Problem("No such login", StatusCodes.Status404NotFound, "unknown_login", LoginAnswer.Unknown.Message, name).WriteAsync(context.Response, context.RequestAborted);
            return;
        }

        await Task.WhenAny(login.Ended, Task.Delay(LongestWait, context.RequestServices.GetRequiredService<TimeProvider>(), context.RequestAborted));
        var result = login.Ended.IsCompletedSuccessfully ? await login.Ended : new LoginResult("pending", "The provider has not sent anybody back yet.");
        await context.Response.WriteAsJsonAsync(
            new LoginResultDocument(result.Outcome, result.Message), ManagementJson.Default.LoginResultDocument, cancellationToken: context.RequestAborted);
    }

    /// <summary>The provider has sent the browser back. It is sent on at once, so that the code stays in nobody's address bar and is not sent again by a reload.</summary>
    private async Task EndAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["state"] is not [{ Length: > 0 } state] || logins.Take(state) is not { } login)
        {
            await LoginPage.WriteAsync(context, LoginAnswer.Unknown);
            return;
        }

        context.Features.Set(new ManagementCaller("a browser that was sent back"));
        await audit.RecordAsync(context, "end of the login", login.Credential, async () =>
        {
            var result = await TryExchangeAsync(login, query);
            login.End(result);
            return result.Outcome;
        });
        context.Response.Redirect($"{Result}?login={login.Id}");
    }

    private async Task<LoginResult> TryExchangeAsync(PendingLogin login, IQueryCollection query)
    {
        try
        {
            return await ExchangeAsync(login, query);
        }
        catch (Exception e)
        {
            LoginEndpointsLog.Failed(logger, e, login.Credential);
            return new LoginResult("failed", "The login failed; the gateway's log says why. Begin again.");
        }
    }

    private async Task<LoginResult> ExchangeAsync(PendingLogin login, IQueryCollection query) =>
        !login.Request.IsAnsweredBy(query["iss"] is [{ } issuer] ? issuer : null) ? LoginAnswer.ForeignIssuer(login.Credential)
        : query["error"] is [{ Length: > 0 } error] ? LoginAnswer.Of(error, login.Credential)
        : query["code"] is not [{ Length: > 0 } code] ? LoginAnswer.NoCode(login.Credential)
        // Whoever closes the window has consented all the same: nothing of this ends with the request.
        : LoginAnswer.Of(await tokens.CompleteLoginAsync(login.Credential, login.Request, new Secret(code), CancellationToken.None), login.Credential);

    private async Task ShowAsync(HttpContext context)
    {
        var login = context.Request.Query["login"] is [{ } id] ? logins.Find(id) : null;
        await LoginPage.WriteAsync(context, login is { Ended.IsCompletedSuccessfully: true } ? await login.Ended : LoginAnswer.Unknown);
    }

    private static partial class LoginEndpointsLog
    {
        [LoggerMessage(EventIds.LoginFailed, LogLevel.Error, "The login of credential {Credential} failed.")]
        public static partial void Failed(ILogger logger, Exception exception, string credential);
    }
}

internal sealed record LoginDocument(string Id, string Url, string RedirectUri, DateTimeOffset ExpiresAt);

internal sealed record LoginResultDocument(string Outcome, string Message);
