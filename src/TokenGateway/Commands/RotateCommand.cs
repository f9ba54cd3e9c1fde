using TokenGateway.Management;

namespace TokenGateway.Commands;

/// <summary><c>rotate NAME [--force]</c>: asks the running gateway for a rotation. Exit code 0 when there is a new token.</summary>
internal static class RotateCommand
{
    public static Task<int> RunAsync(ManagementTarget target, string credential, bool force, CommandOutput output) =>
        ManagementClient.RunAsync(target, output, async client =>
        {
            var path = ManagementClient.PathOf(credential, force ? "rotate?force=true" : "rotate");
            var rotation = await client.SendAsync(HttpMethod.Post, path, content: null, ManagementJson.Default.RotationDocument);
            await output.Out.WriteLineAsync($"{credential}: {rotation.Outcome}, generation {rotation.Generation}, by {rotation.By} in {rotation.DurationMs} ms");
            return 0;
        });
}
