using TokenGateway.Management;
using TokenGateway.Management.Login;

namespace TokenGateway.Commands;

/// <summary><c>login NAME</c>: has the running gateway begin a login, shows where to go on, and waits for its end. Exit code 0 when the new tokens are stored.</summary>
internal static class LoginCommand
{
    public static Task<int> RunAsync(ManagementTarget target, string credential, CommandOutput output, CancellationToken cancelled) =>
        ManagementClient.RunAsync(target, output, async client =>
        {
            var login = await client.SendAsync(HttpMethod.Post, ManagementClient.PathOf(credential, "login"), content: null, ManagementJson.Default.LoginDocument);
            await output.Out.WriteLineAsync($"""
                Open this address in a browser, log in and consent, by {login.ExpiresAt.ToLocalTime():HH:mm:ss}:

                  {login.Url}

                The provider then sends the browser to {login.RedirectUri}, which must lead to this gateway.
                """);
            await output.Out.FlushAsync(cancelled);
            var path = ManagementClient.PathOf(credential, $"login/{login.Id}");
            LoginResultDocument result;
            do
            {
                result = await client.SendAsync(HttpMethod.Get, path, content: null, ManagementJson.Default.LoginResultDocument, cancelled);
            }
            while (result.Outcome == "pending");

            if (result.Outcome != LoginResult.Accepted)
            {
                return output.Fail(result.Message, exitCode: 1);
            }

            await output.Out.WriteLineAsync(result.Message);
            return 0;
        });
}
